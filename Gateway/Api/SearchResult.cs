using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>One result of a search.</summary>
/// <param name="Rank">Place, from 1 on.</param>
/// <param name="Id">The item.</param>
/// <param name="Kind"><c>picture</c> or <c>text</c>.</param>
/// <param name="Text">The item's text.</param>
/// <param name="Source">As the submitter gave it.</param>
/// <param name="RankItc">Place by ITC similarity alone.</param>
/// <param name="ItcSimilarity">Inner product of the embeddings.</param>
/// <param name="ItmLogit">Logit of class 1 of the ITM head; null where it was not reranked.</param>
/// <param name="ItmProbability">Softmax of it.</param>
/// <param name="Error">Why the item could not be reranked.</param>
/// <param name="Metadata">As the submitter gave it.</param>
/// <param name="Blob">SHA-256 of the picture: the version that its addresses may be cached by.</param>
public sealed record SearchResult(
    int Rank,
    string Id,
    string Kind,
    string? Text,
    string? Source,
    int RankItc,
    float ItcSimilarity,
    float? ItmLogit,
    float? ItmProbability,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApiError? Error = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Metadata = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Blob = null);
