namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/image-text-retrieval</c>: ITM of pairs. One picture and one text answer in the shape of ModelScope's pipeline.</summary>
public sealed record RetrievalRequest
{
    /// <summary>A picture, or a list.</summary>
    public required OneOrMany<PictureInput> Image { get; init; }

    /// <summary>A text, or a list. This or <see cref="Question"/>.</summary>
    public OneOrMany<string>? Text { get; init; }

    /// <summary>Another name of <see cref="Text"/>, as the published pipeline has it.</summary>
    public OneOrMany<string>? Question { get; init; }

    /// <summary><c>"all"</c>, <c>"zip"</c>, or a list of <c>[image number, text number]</c>. Default: <c>"all"</c>.</summary>
    public PairSelection? Pairs { get; init; }

    /// <summary><c>ms25</c> or <c>am30</c>. Default: the package's.</summary>
    public string? Convention { get; init; }

    /// <summary>Time for the answer, in milliseconds. Default: 120,000, at most 240,000.</summary>
    public int? BudgetMs { get; init; }
}
