using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>What a silo's feature cache holds and how often it helped.</summary>
public sealed class CacheWatch(FeatureCache cache, Instruments instruments)
{
    /// <summary>As it is now.</summary>
    public CacheStatus Status => new(
        cache.Bytes,
        cache.BudgetBytes,
        instruments.Lookups("image", "memory"),
        instruments.Lookups("image", "store"),
        instruments.Lookups("image", "none"),
        instruments.Lookups("text", "memory"),
        instruments.Lookups("text", "none"));
}
