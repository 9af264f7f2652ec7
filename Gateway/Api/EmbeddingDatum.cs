using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>One embedding, or why there is none.</summary>
/// <param name="Object">Always <c>embedding</c>.</param>
/// <param name="Index">Number of the input.</param>
/// <param name="Embedding">Unit vector <c>[embed_dim]</c>; null where the input failed.</param>
/// <param name="Error">Why it failed.</param>
public sealed record EmbeddingDatum(
    string Object,
    int Index,
    EmbeddingVector? Embedding,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApiError? Error = null);
