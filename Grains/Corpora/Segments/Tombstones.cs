using System.Numerics;
using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>The rows of a segment that are gone: an immutable bitmap.</summary>
[JsonConverter(typeof(TombstonesConverter))]
public sealed class Tombstones
{
    /// <summary>No rows.</summary>
    public static readonly Tombstones None = new([]);

    readonly ulong[] words;

    internal Tombstones(ulong[] words)
    {
        this.words = words;
        Count = words.Sum(BitOperations.PopCount);
    }

    /// <summary>How many rows are gone.</summary>
    public int Count { get; }

    /// <summary>The rows, ascending.</summary>
    public IEnumerable<int> Rows
    {
        get
        {
            for (var word = 0; word < words.Length; word++)
            {
                for (var left = words[word]; left != 0; left &= left - 1)
                    yield return 64 * word + BitOperations.TrailingZeroCount(left);
            }
        }
    }

    /// <summary>64 rows in each, the first in the lowest bit; words beyond the last are zero.</summary>
    internal ReadOnlySpan<ulong> Words => words;

    /// <summary>Whether a row is gone.</summary>
    public bool Contains(int row) => row >> 6 < words.Length && (words[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>These and others.</summary>
    public Tombstones With(IEnumerable<int> rows)
    {
        var next = new List<ulong>(words);
        foreach (var row in rows)
        {
            while (next.Count <= row >> 6)
                next.Add(0);
            next[row >> 6] |= 1UL << (row & 63);
        }

        return new Tombstones([.. next]);
    }
}
