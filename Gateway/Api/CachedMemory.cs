namespace MplugCluster.Gateway.Api;

/// <summary>Features in memory, of all silos that answered.</summary>
/// <param name="Bytes">Held now.</param>
/// <param name="MaxBytes">The limit.</param>
public sealed record CachedMemory(long Bytes, long MaxBytes);
