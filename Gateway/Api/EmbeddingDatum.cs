using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>One embedding, or why there is none.</summary>
/// <param name="Object">Always <c>embedding</c>.</param>
/// <param name="Index">Number of the input.</param>
/// <param name="Embedding">
/// Unit vector <c>[embed_dim]</c>; empty where the input failed: OpenAI's clients decode this member whatever else there is, and none of them takes a null.
/// </param>
/// <param name="Error">Why it failed; left out where it did not.</param>
public sealed record EmbeddingDatum(
    string Object,
    int Index,
    EmbeddingVector Embedding,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApiError? Error = null);
