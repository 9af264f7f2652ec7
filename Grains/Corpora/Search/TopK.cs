using System.Numerics;
using System.Runtime.Intrinsics;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// Keeps the k best of many matches: higher similarity first, then lower ordinal id. NaN is below everything. Matches are gathered until there are
/// twice as many as wanted, and then cut to the best: cheaper than a heap, which puts each at its place.
/// </summary>
sealed class TopK
{
    /// <summary>Matches gathered beyond twice k.</summary>
    const int Spare = 64;

    readonly int k;
    readonly ShardRows rows;
    readonly Comparer<ulong> byId;

    // The similarity's bits turned so that higher ones come first, then the row's number within the shard.
    ulong[] keys = new ulong[Spare];
    int count;

    public TopK(int k, ShardRows rows)
    {
        (this.k, this.rows) = (k, rows);
        Threshold = k == 0 ? float.PositiveInfinity : float.NegativeInfinity;
        byId = Comparer<ulong>.Create((a, b) => Utf8Order.Compare(IdOf(a), IdOf(b)));
    }

    /// <summary>Similarity that a match needs to be looked at.</summary>
    public float Threshold { get; private set; }

    /// <summary>Offers a match.</summary>
    public void Add(Match match)
    {
        if (k == 0)
            return;
        if (count == keys.Length)
            MakeRoom();
        keys[count++] = (ulong)Rank(match.Similarity) << 32 | (uint)(rows.Starts[match.Segment] + match.Row);
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
            for (var left = mask[word] & ~Below(similarities, Threshold); left != 0; left &= left - 1)
            {
                var at = BitOperations.TrailingZeroCount(left);
                Add(new Match(similarities[at], segment, row + 64 * word + at));
            }
        }
    }

    /// <summary>Which of 64 numbers are below a threshold.</summary>
    public static unsafe ulong Below(float* numbers, float threshold)
    {
        ulong below = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // Nearly always all 64 are below.
            var limit = Vector512.Create(threshold);
            if (Vector512.LessThanAll(Vector512.Load(numbers), limit) && Vector512.LessThanAll(Vector512.Load(numbers + 16), limit)
                && Vector512.LessThanAll(Vector512.Load(numbers + 32), limit) && Vector512.LessThanAll(Vector512.Load(numbers + 48), limit))
            {
                return ulong.MaxValue;
            }

            for (var i = 0; i < 64; i += Vector512<float>.Count)
                below |= Vector512.LessThan(Vector512.Load(numbers + i), limit).ExtractMostSignificantBits() << i;
        }
        else
        {
            for (var i = 0; i < 64; i += Vector256<float>.Count)
                below |= (ulong)Vector256.LessThan(Vector256.Load(numbers + i), Vector256.Create(threshold)).ExtractMostSignificantBits() << i;
        }

        return below;
    }

    /// <summary>Offers what another one kept.</summary>
    public void Add(TopK other)
    {
        for (var i = 0; i < other.count; i++)
        {
            if (count == keys.Length)
                MakeRoom();
            keys[count++] = other.keys[i];
        }
    }

    /// <summary>Leaves the k best, so that <see cref="Threshold"/> is theirs.</summary>
    public void Cut()
    {
        if (count < k || k == 0)
            return;
        Selection.Smallest(keys.AsSpan(0, count), k);
        if (HasTie())
        {
            // Equal similarities on both sides of the cut: the ids decide.
            Array.Sort(keys, 0, count);
            var (start, end) = (k - 1, k + 1);
            while (start > 0 && keys[start - 1] >> 32 == keys[k] >> 32)
                start--;
            while (end < count && keys[end] >> 32 == keys[k] >> 32)
                end++;
            Array.Sort(keys, start, end - start, byId);
        }

        count = k;
        Threshold = SimilarityOf(keys[k - 1]);
    }

    /// <summary>What was kept, best first.</summary>
    public Match[] Sorted()
    {
        Cut();
        Array.Sort(keys, 0, count);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] >> 32 == keys[start] >> 32)
                end++;
            if (end - start > 1)
                Array.Sort(keys, start, end - start, byId);
            start = end;
        }

        return [.. keys.AsSpan(0, count).ToArray().Select(key => Place(key))];
    }

    bool HasTie()
    {
        var last = keys[k - 1] >> 32;
        for (var i = k; i < count; i++)
        {
            if (keys[i] >> 32 == last)
                return true;
        }

        return false;
    }

    void MakeRoom()
    {
        var most = Math.Min(2L * k + Spare, Array.MaxLength);
        if (keys.Length >= most)
            Cut();
        else
            Array.Resize(ref keys, (int)Math.Min(most, 2L * keys.Length));
    }

    Match Place(ulong key)
    {
        var (segment, row) = rows.PlaceOf((uint)key);
        return new Match(SimilarityOf(key), segment, row);
    }

    ReadOnlySpan<byte> IdOf(ulong key)
    {
        var (segment, row) = rows.PlaceOf((uint)key);
        return rows.Segments[segment].Id(row);
    }

    /// <summary>Smaller for higher similarities; the two zeros are one.</summary>
    static uint Rank(float similarity)
    {
        var bits = BitConverter.SingleToInt32Bits(float.IsNaN(similarity) ? float.NegativeInfinity : similarity + 0f);
        return ~(bits < 0 ? ~(uint)bits : (uint)bits | 0x8000_0000);
    }

    static float SimilarityOf(ulong key)
    {
        var rank = ~(uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((rank & 0x8000_0000) != 0 ? rank & 0x7FFF_FFFF : ~rank);
    }
}
