using MplugCluster.Model.Evaluation;

namespace MplugCluster.Model.Verification;

/// <summary>How far a package's numbers are from another's, on one set of pictures and captions.</summary>
public sealed record PackageAccuracy
{
    /// <summary>Cosine between both packages' embeddings of a picture, 1 for the same direction: the least, and the mean.</summary>
    public required (double Least, double Mean) ImageCosine { get; init; }

    /// <summary>The same of captions.</summary>
    public required (double Least, double Mean) TextCosine { get; init; }

    /// <summary>Pairs that both packages scored: candidates of both, in either direction.</summary>
    public required int Pairs { get; init; }

    /// <summary>Spearman's rank correlation of their ITM logits, 1 for the same order; ties share their mean rank.</summary>
    public required double LogitRankCorrelation { get; init; }

    /// <summary>Difference of their ITM logits: the largest, and the mean.</summary>
    public required (double Largest, double Mean) LogitDifference { get; init; }

    /// <summary>Recall of this package after reranking.</summary>
    public required RecallMetrics Recall { get; init; }

    /// <summary>Recall of the other one.</summary>
    public required RecallMetrics OtherRecall { get; init; }
}
