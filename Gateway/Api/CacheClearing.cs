namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/cache/clear</c>.</summary>
/// <param name="Features">Whether to delete the image features in the store, of every model. They are computed again when needed.</param>
public sealed record CacheClearing(bool Features = false);
