using System.Numerics;
using MplugCluster.Grains.Corpora.Filters;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Which rows of a segment a query looks at: those that are there, of the kind and with the metadata wanted.</summary>
sealed class RowMask
{
    readonly ulong[] words;

    RowMask(ulong[] words)
    {
        this.words = words;
        Count = words.Sum(BitOperations.PopCount);
    }

    /// <summary>Rows to look at.</summary>
    public int Count { get; }

    /// <summary>64 rows in each, the first in the lowest bit.</summary>
    public ReadOnlySpan<ulong> Words => words;

    public static RowMask Of(MappedSegment segment, Tombstones deleted, ItemKind? kind, ItemFilter? filter)
    {
        var words = new ulong[(segment.Rows + 63) / 64];
        for (var word = 0; word < words.Length; word++)
        {
            var rows = Math.Min(64, segment.Rows - 64 * word);
            var live = (rows == 64 ? ulong.MaxValue : (1UL << rows) - 1) & ~(word < deleted.Words.Length ? deleted.Words[word] : 0);
            if (kind is not null || filter is not null)
            {
                for (var left = live; left != 0; left &= left - 1)
                {
                    var bit = BitOperations.TrailingZeroCount(left);
                    var row = 64 * word + bit;
                    if ((kind is { } wanted && segment.Kind(row) != wanted) || filter?.Matches(segment.Metadata(row)) == false)
                        live &= ~(1UL << bit);
                }
            }

            words[word] = live;
        }

        return new RowMask(words);
    }
}
