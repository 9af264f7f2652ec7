namespace MplugCluster.Silo.Options;

/// <summary>Feature caches of a silo: section <c>Mplug:Cache</c>.</summary>
public sealed record CacheOptions
{
    /// <summary>
    /// Bytes of image and text features in memory; a picture of the published model takes 1.8 MB, half of that with fp16 features. Default: 1,073,741,824 (1 GiB).
    /// </summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of image features kept in the object store, by all silos together; 0 keeps none. Default: 10,000,000,000 (10 GB).</summary>
    public long StoreBytes { get; init; } = 10_000_000_000;
}
