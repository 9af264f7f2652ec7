namespace MplugCluster.Gateway.Api;

/// <summary>What was deleted.</summary>
/// <param name="FeaturesDeleted">Pictures whose features are gone.</param>
/// <param name="BytesFreed">Their size.</param>
public sealed record CacheCleared(long FeaturesDeleted, long BytesFreed);
