using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>
/// Answer of <c>POST /v1/image-text-retrieval</c>: for one picture and one text the pipeline's <c>{"scores": [p_no, p_yes]}</c> and the
/// other numbers; for lists <see cref="Data"/>.
/// </summary>
public sealed record RetrievalResponse
{
    /// <summary>Softmax of the ITM head: no match, match.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary>Logit of class 1 of the ITM head.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? ItmLogit { get; init; }

    /// <summary>Inner product of the embeddings.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? ItcSimilarity { get; init; }

    /// <summary>The pairs of lists, in the order of the selection.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ScoredPair>? Data { get; init; }

    /// <summary>Where image features came from.</summary>
    public required FeatureCounts Features { get; init; }
}
