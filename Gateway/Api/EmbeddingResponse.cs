namespace MplugCluster.Gateway.Api;

/// <summary>Answer of <c>POST /v1/embeddings</c>.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">One for each input, in order.</param>
/// <param name="Model">The model's id.</param>
/// <param name="Usage">Token counts.</param>
/// <param name="Features">Where image features came from.</param>
public sealed record EmbeddingResponse(
    string Object, IReadOnlyList<EmbeddingDatum> Data, string Model, TokenUsage Usage, FeatureCounts Features);
