namespace MplugCluster.Gateway.Api;

/// <summary>Answer to a <see cref="RerankRequest"/>.</summary>
/// <param name="Id">The request's id, as in <c>x-request-id</c>.</param>
/// <param name="Object">Always <c>rerank</c>.</param>
/// <param name="Model">The model's id.</param>
/// <param name="Results">Best first.</param>
/// <param name="Errors">Documents that have no score, and why; empty for none.</param>
/// <param name="Usage">Token counts.</param>
/// <param name="Meta">What Cohere's clients look for.</param>
/// <param name="Features">Where image features came from.</param>
public sealed record RerankResponse(
    string Id,
    string Object,
    string Model,
    IReadOnlyList<RerankResult> Results,
    IReadOnlyList<RerankFault> Errors,
    TokenUsage Usage,
    RerankMeta Meta,
    FeatureCounts Features);
