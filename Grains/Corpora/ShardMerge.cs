using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora;

/// <summary>Joins what shards found, by the same order that each shard uses.</summary>
public static class ShardMerge
{
    /// <summary>The k best of all shards: higher similarity first, then lower ordinal id.</summary>
    public static ShardMatch[] Merge(IEnumerable<ShardMatch[]> shards, int k) =>
    [
        .. shards.SelectMany(matches => matches)
            .OrderByDescending(match => match.ItcSimilarity)
            .ThenBy(match => match.Item.Id, StringComparer.Ordinal)
            .Take(k),
    ];
}
