namespace MplugCluster.Gateway.Api;

/// <summary>Image features in the store.</summary>
/// <param name="Files">How many pictures have some.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="MaxBytes">The limit, for all models together; the oldest leave first.</param>
/// <param name="ByModel">Bytes by the fingerprint of the model that made them.</param>
public sealed record CachedFeatures(long Files, long Bytes, long MaxBytes, IReadOnlyDictionary<string, long> ByModel);
