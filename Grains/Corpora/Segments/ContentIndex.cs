using System.Buffers.Text;
using System.Text;

namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>Finds the rows of a segment by content hash: the first 64 bits of each hash, sorted; what they find is compared in full. 12 bytes a row.</summary>
sealed class ContentIndex
{
    const int PrefixDigits = 16;

    readonly ulong[] prefixes;
    readonly int[] rows;

    ContentIndex(ulong[] prefixes, int[] rows) => (this.prefixes, this.rows) = (prefixes, rows);

    public static ContentIndex Of(MappedSegment segment)
    {
        var (prefixes, rows) = (new List<ulong>(segment.Rows), new List<int>(segment.Rows));
        for (var row = 0; row < segment.Rows; row++)
        {
            if (Prefix(segment.ContentHash(row)) is not { } prefix)
                continue;
            prefixes.Add(prefix);
            rows.Add(row);
        }

        var (sorted, order) = (prefixes.ToArray(), rows.ToArray());
        Array.Sort(sorted, order);
        return new ContentIndex(sorted, order);
    }

    /// <summary>The rows with this content, in no order.</summary>
    public IEnumerable<int> Find(MappedSegment segment, string contentHash)
    {
        var hash = Encoding.UTF8.GetBytes(contentHash);
        if (Prefix(hash) is not { } prefix)
            yield break;
        for (var at = First(prefix); at < prefixes.Length && prefixes[at] == prefix; at++)
        {
            if (segment.ContentHash(rows[at]).SequenceEqual(hash))
                yield return rows[at];
        }
    }

    int First(ulong prefix)
    {
        int from = 0, to = prefixes.Length;
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            (from, to) = prefixes[middle] < prefix ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    /// <summary>Null for what is no hash.</summary>
    static ulong? Prefix(ReadOnlySpan<byte> hash) =>
        hash.Length >= PrefixDigits && Utf8Parser.TryParse(hash[..PrefixDigits], out ulong value, out var used, 'x') && used == PrefixDigits ? value : null;
}
