using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora;

/// <summary>Joins what shards found, by the same order that each shard uses.</summary>
static class ShardMerge
{
    static readonly Comparer<ShardHit> Order = Comparer<ShardHit>.Create((a, b) =>
        a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : Utf8Order.Compare(a.Id.Span, b.Id.Span));

    /// <summary>The k best of all shards: higher similarity first, then lower ordinal id.</summary>
    public static ShardHit[] Merge(IEnumerable<ShardHit[]> shards, int k)
    {
        var all = shards.SelectMany(hits => hits).ToArray();
        Array.Sort(all, Order);
        return all.Length > k ? all[..k] : all;
    }
}
