using MplugCluster.Grains.Corpora.Search;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora;

/// <summary>Joins what shards found, by the same order that each shard uses.</summary>
static class ShardMerge
{
    /// <summary>The k best of all shards, each of which is in order: higher similarity first, then lower ordinal id.</summary>
    public static ShardHit[] Merge(IEnumerable<ShardHit[]> shards, int k)
    {
        var lists = shards.Where(hits => hits.Length > 0).ToArray();
        var best = new ShardHit[Math.Min(k, lists.Sum(hits => (long)hits.Length))];
        var heads = new int[lists.Length];
        for (var i = 0; i < best.Length; i++)
        {
            var first = -1;
            for (var list = 0; list < lists.Length; list++)
            {
                if (heads[list] < lists[list].Length && (first < 0 || Compare(lists[list][heads[list]], lists[first][heads[first]]) < 0))
                    first = list;
            }

            best[i] = lists[first][heads[first]++];
        }

        return best;
    }

    static int Compare(in ShardHit a, in ShardHit b) =>
        a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : Utf8Order.Compare(a.Id.Span, b.Id.Span);
}
