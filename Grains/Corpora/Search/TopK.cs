using System.Numerics;
using System.Runtime.Intrinsics;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>Keeps the k best of many matches: higher similarity first, then lower ordinal id. NaN is below everything.</summary>
sealed class TopK
{
    readonly int k;
    readonly IReadOnlyList<MappedSegment> segments;

    // The queue's head is the worst that is kept.
    readonly PriorityQueue<Match, Match> kept;

    public TopK(int k, IReadOnlyList<MappedSegment> segments)
    {
        (this.k, this.segments) = (k, segments);
        kept = new(Comparer<Match>.Create((a, b) => -Compare(a, b)));
    }

    /// <summary>Similarity that a match needs to be looked at; ids are only compared above it.</summary>
    public float Threshold => kept.Count < k ? float.NegativeInfinity : k == 0 ? float.PositiveInfinity : kept.Peek().Similarity;

    /// <summary>Offers a match.</summary>
    public void Add(Match match)
    {
        if (float.IsNaN(match.Similarity))
            match = match with { Similarity = float.NegativeInfinity };
        if (kept.Count < k)
            kept.Enqueue(match, match);
        else if (k > 0 && Compare(match, kept.Peek()) < 0)
            kept.EnqueueDequeue(match, match);
    }

    /// <summary>Offers the rows of a block.</summary>
    /// <param name="similarities">One for each row, up to a multiple of 64; those beyond the mask's rows may be anything.</param>
    /// <param name="mask">64 rows in each: which of them count.</param>
    /// <param name="segment">The rows' segment.</param>
    /// <param name="row">First row.</param>
    public unsafe void Add(float* similarities, ReadOnlySpan<ulong> mask, int segment, int row)
    {
        for (var word = 0; word < mask.Length; word++, similarities += 64)
        {
            if (mask[word] == 0)
                continue;
            var threshold = Vector256.Create(Threshold);
            ulong below = 0;
            for (var i = 0; i < 64; i += Vector256<float>.Count)
                below |= (ulong)Vector256.LessThan(Vector256.Load(similarities + i), threshold).ExtractMostSignificantBits() << i;
            for (var left = mask[word] & ~below; left != 0; left &= left - 1)
            {
                var at = BitOperations.TrailingZeroCount(left);
                if (!(similarities[at] < Threshold))
                    Add(new Match(similarities[at], segment, row + 64 * word + at));
            }
        }
    }

    /// <summary>Offers what another one kept.</summary>
    public void Add(TopK other)
    {
        foreach (var (match, _) in other.kept.UnorderedItems)
            Add(match);
    }

    /// <summary>What was kept, best first.</summary>
    public Match[] Sorted() => [.. kept.UnorderedItems.Select(item => item.Element).Order(Comparer<Match>.Create(Compare))];

    /// <summary>Negative when <paramref name="a"/> comes before <paramref name="b"/>; the rows of one segment stand in the order of their ids.</summary>
    int Compare(Match a, Match b) =>
        a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity)
        : a.Segment == b.Segment ? a.Row.CompareTo(b.Row)
        : Utf8Order.Compare(segments[a.Segment].Id(a.Row), segments[b.Segment].Id(b.Row));
}
