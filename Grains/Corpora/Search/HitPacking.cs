using System.Runtime.InteropServices;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Matches as they travel.</summary>
static class HitPacking
{
    /// <summary>Packs what a shard found.</summary>
    public static ShardHits Pack(IReadOnlyList<MappedSegment> segments, Match[][] found)
    {
        var total = found.Sum(matches => matches.Length);
        var (similarities, places, ends, ids) = (new float[total], new int[2 * total], new int[total], new MemoryStream());
        var at = 0;
        foreach (var match in found.SelectMany(matches => matches))
        {
            similarities[at] = match.Similarity;
            (places[2 * at], places[2 * at + 1]) = (match.Segment, match.Row);
            ids.Write(segments[match.Segment].Id(match.Row));
            ends[at++] = (int)ids.Length;
        }

        return new ShardHits(
            [.. found.Select(matches => matches.Length)],
            Bytes<float>(similarities),
            Bytes<int>(places),
            ids.ToArray(),
            Bytes<int>(ends),
            [.. segments.Select(segment => segment.File)]);
    }

    /// <summary>The part of some queries.</summary>
    public static ShardHits Part(ShardHits hits, int firstQuery, int queries)
    {
        if (firstQuery == 0 && queries == hits.Counts.Length)
            return hits;
        var first = hits.Counts.Take(firstQuery).Sum();
        var counts = hits.Counts[firstQuery..(firstQuery + queries)];
        var end = first + counts.Sum();
        var ends = MemoryMarshal.Cast<byte, int>(hits.IdEnds);
        var firstId = first == 0 ? 0 : ends[first - 1];
        var own = ends[first..end].ToArray();
        for (var i = 0; i < own.Length; i++)
            own[i] -= firstId;
        return new ShardHits(
            counts,
            hits.Similarities[(first * sizeof(float))..(end * sizeof(float))],
            hits.Places[(2 * first * sizeof(int))..(2 * end * sizeof(int))],
            hits.Ids[firstId..(firstId + (own.Length == 0 ? 0 : own[^1]))],
            Bytes<int>(own),
            hits.Files);
    }

    /// <summary>Each query's matches, of a shard of a number.</summary>
    public static ShardHit[][] Unpack(ShardHits hits, int shard)
    {
        var found = new ShardHit[hits.Counts.Length][];
        var (at, start) = (0, 0);
        for (var query = 0; query < found.Length; query++)
        {
            found[query] = new ShardHit[hits.Counts[query]];
            for (var i = 0; i < found[query].Length; i++, at++)
            {
                var end = MemoryMarshal.Cast<byte, int>(hits.IdEnds)[at];
                var places = MemoryMarshal.Cast<byte, int>(hits.Places);
                found[query][i] = new ShardHit(
                    MemoryMarshal.Cast<byte, float>(hits.Similarities)[at], hits.Ids.AsMemory(start, end - start), shard, hits.Files[places[2 * at]], places[2 * at + 1]);
                start = end;
            }
        }

        return found;
    }

    /// <summary>Asks for the items of matches.</summary>
    public static ShardItemsQuery ItemsQuery(string corpus, IReadOnlyList<ShardHit> hits)
    {
        var files = hits.Select(hit => hit.File).Distinct(StringComparer.Ordinal).ToList();
        return new ShardItemsQuery(corpus, [.. files], Bytes<int>([.. hits.SelectMany(hit => new[] { files.IndexOf(hit.File), hit.Row })]));
    }

    /// <summary>The items at places.</summary>
    public static CorpusItem[] Items(IReadOnlyList<MappedSegment> segments, byte[] places)
    {
        var items = new CorpusItem[places.Length / (2 * sizeof(int))];
        var numbers = MemoryMarshal.Cast<byte, int>(places);
        for (var i = 0; i < items.Length; i++)
            items[i] = segments[numbers[2 * i]].Item(numbers[2 * i + 1]);
        return items;
    }

    static byte[] Bytes<T>(ReadOnlySpan<T> numbers) where T : struct => MemoryMarshal.AsBytes(numbers).ToArray();
}
