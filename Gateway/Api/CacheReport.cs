namespace MplugCluster.Gateway.Api;

/// <summary><c>GET /v1/cache</c>: what the cluster keeps only to save time.</summary>
/// <param name="Features">Image features in the store.</param>
/// <param name="Memory">Features in the memory of the silos that have devices.</param>
public sealed record CacheReport(CachedFeatures Features, CachedMemory Memory);
