using System.Text.Json.Serialization;

namespace MplugCluster.Model.Evaluation;

/// <summary>Recall at 1, 5 and 10 in percent: <c>txt</c> finds the captions of a picture, <c>img</c> the picture of a caption.</summary>
/// <remarks>Source: AliceMind mPLUG/retrieval.py itm_eval (names and meaning).</remarks>
public sealed record RecallMetrics
{
    [JsonPropertyName("txt_r1")]
    public required double TextRecall1 { get; init; }

    [JsonPropertyName("txt_r5")]
    public required double TextRecall5 { get; init; }

    [JsonPropertyName("txt_r10")]
    public required double TextRecall10 { get; init; }

    [JsonPropertyName("txt_r_mean")]
    public double TextMean => (TextRecall1 + TextRecall5 + TextRecall10) / 3;

    [JsonPropertyName("img_r1")]
    public required double ImageRecall1 { get; init; }

    [JsonPropertyName("img_r5")]
    public required double ImageRecall5 { get; init; }

    [JsonPropertyName("img_r10")]
    public required double ImageRecall10 { get; init; }

    [JsonPropertyName("img_r_mean")]
    public double ImageMean => (ImageRecall1 + ImageRecall5 + ImageRecall10) / 3;

    [JsonPropertyName("r_mean")]
    public double Mean => (TextMean + ImageMean) / 2;

    /// <summary>Metrics from the rank (0 = first) of each picture's best caption, and of each caption's picture.</summary>
    public static RecallMetrics FromRanks(IReadOnlyList<int> textRanks, IReadOnlyList<int> imageRanks) => new()
    {
        TextRecall1 = Share(textRanks, 1),
        TextRecall5 = Share(textRanks, 5),
        TextRecall10 = Share(textRanks, 10),
        ImageRecall1 = Share(imageRanks, 1),
        ImageRecall5 = Share(imageRanks, 5),
        ImageRecall10 = Share(imageRanks, 10),
    };

    static double Share(IReadOnlyList<int> ranks, int k) => 100.0 * ranks.Count(rank => rank < k) / ranks.Count;
}
