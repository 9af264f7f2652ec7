namespace MplugCluster.Gateway.Api;

/// <summary>Version of the rerank shape.</summary>
/// <param name="Version"><c>1</c> at <c>/v1/rerank</c>, <c>2</c> at <c>/v2/rerank</c>; the answers are the same.</param>
public sealed record RerankApiVersion(string Version);
