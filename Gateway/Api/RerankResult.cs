using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>A document with its score.</summary>
/// <param name="Index">Number of the document in the request.</param>
/// <param name="RelevanceScore">
/// 0 to 1: the ITM probability, or where there is no ITM the ITC similarity, negative ones as 0. The two are not on one scale: a request whose
/// documents are both pictures and texts compares unlike numbers.
/// </param>
/// <param name="ScoredBy"><c>itm</c> for a picture with a text; <c>itc</c> for two pictures or two texts, between which there is no ITM.</param>
/// <param name="ItmLogit">Logit of class 1 of the ITM head; null where there is no ITM.</param>
/// <param name="ItcSimilarity">Inner product of the embeddings.</param>
/// <param name="Document">The document, if it was asked for.</param>
public sealed record RerankResult(
    int Index,
    float RelevanceScore,
    string ScoredBy,
    float? ItmLogit,
    float ItcSimilarity,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EmbeddingInput? Document = null);
