using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>One pair's numbers, or why there are none.</summary>
/// <param name="Image">Number of the picture in the request.</param>
/// <param name="Text">Number of the text in the request.</param>
/// <param name="Scores">Softmax of the ITM head: no match, match.</param>
/// <param name="ItmLogit">Logit of class 1 of the ITM head.</param>
/// <param name="ItmProbability">The second of <paramref name="Scores"/>.</param>
/// <param name="ItcSimilarity">Inner product of the embeddings.</param>
/// <param name="Error">Why the pair failed.</param>
public sealed record ScoredPair(
    int Image,
    int Text,
    IReadOnlyList<float>? Scores,
    float? ItmLogit,
    float? ItmProbability,
    float? ItcSimilarity,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApiError? Error = null);
