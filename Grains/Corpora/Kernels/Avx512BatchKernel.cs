using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static MplugCluster.Grains.Corpora.Kernels.SimilarityKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>
/// Products of many rows with 64 queries, the same bits as of <see cref="ISimilarityKernel"/>. A register holds one number of sixteen queries, so
/// the sixteen partial sums of a product lie in sixteen registers and are added as they are; folding them inside registers takes a fifth of the time
/// of the products themselves.
/// </summary>
static unsafe class Avx512BatchKernel
{
    /// <summary>Queries that it takes, no fewer.</summary>
    public const int Queries = 64;

    /// <summary>Rows that it takes, no fewer: the numbers of the queries for one partial sum stay in the first cache for all of them.</summary>
    public const int Rows = 12;

    /// <summary>Rows whose sums are in registers: with 64 queries 24 of them.</summary>
    const int RowsAtOnce = 6;

    /// <summary>Partial sums that wait for others: one, two added, four, eight.</summary>
    const int Levels = 4;

    const int Products = Rows * Queries;

    /// <summary>Rows between the ones that are worked on and those that are asked for.</summary>
    const int RowsAhead = 24;

    /// <summary>Whether this processor can.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Puts queries into the order in which <see cref="Multiply"/> reads them.</summary>
    /// <param name="queries"><c>[64, width]</c>.</param>
    /// <param name="width">Numbers of a query, a multiple of 16.</param>
    /// <param name="arranged"><c>[16, width / 16, 64]</c>: for every partial sum, in the order of <see cref="LaneOf"/>, its numbers of all queries.</param>
    public static void Arrange(float* queries, int width, float* arranged)
    {
        for (var turn = 0; turn < Lanes; turn++)
        {
            for (var place = LaneOf(turn); place < width; place += Lanes)
            {
                for (var query = 0; query < Queries; query++)
                    *arranged++ = queries[(nint)query * width + place];
            }
        }
    }

    /// <summary>All products of twelve rows and 64 queries.</summary>
    /// <param name="rows"><c>[12, width]</c>.</param>
    /// <param name="width">Numbers of a row, a multiple of 16.</param>
    /// <param name="arranged">What <see cref="Arrange"/> made of the queries, best where a line of the cache begins.</param>
    /// <param name="products"><c>[12, 64]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Multiply(float* rows, int width, float* arranged, float* products)
    {
        const int Line = 64;
        var unaligned = stackalloc byte[Levels * Products * sizeof(float) + Line];
        var waiting = (float*)(((nint)unaligned + Line - 1) & -Line);

        // The blocks share out asking for later rows. All at once would hold up what a block needs itself.
        const int Blocks = Lanes * (Rows / RowsAtOnce);
        var ahead = rows + (nint)RowsAhead * width;
        var lines = (Rows * width / Lanes + Blocks - 1) / Blocks;
        for (var turn = 0; turn < Lanes; turn++, arranged += (nint)width / Lanes * Queries)
        {
            // As many as were left to wait by turns of which this is the last.
            var joined = BitOperations.TrailingZeroCount(~turn);
            var target = turn == Lanes - 1 ? products : waiting + joined * Products;
            for (var row = 0; row < Rows; row += RowsAtOnce)
            {
                for (var end = ahead + lines * Lanes; ahead < end; ahead += Lanes)
                    Sse.Prefetch1(ahead);
                Block(
                    rows + (nint)row * width + LaneOf(turn), width, arranged, arranged + (nint)width / Lanes * Queries,
                    waiting + row * Queries, joined, target + row * Queries);
            }
        }
    }

    /// <summary>Which of a row's products are not below the queries' thresholds.</summary>
    /// <param name="products"><c>[64]</c>.</param>
    /// <param name="thresholds"><c>[64]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NotBelow(float* products, float* thresholds)
    {
        // Nearly always all 64 are below.
        var (first, second, third, last) = (Below(products, thresholds, 0), Below(products, thresholds, 1), Below(products, thresholds, 2), Below(products, thresholds, 3));
        if ((first & second & third & last) == Vector512<float>.AllBitsSet)
            return 0;
        return ~(first.ExtractMostSignificantBits() | second.ExtractMostSignificantBits() << 16 | third.ExtractMostSignificantBits() << 32 | last.ExtractMostSignificantBits() << 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Below(float* products, float* thresholds, int sixteen) =>
        Vector512.LessThan(Vector512.Load(products + sixteen * Lanes), Vector512.Load(thresholds + sixteen * Lanes));

    /// <summary>The partial sum that is computed at a turn. In this order (0, 8, 4, 12, 2, ...) each that is done joins those that wait for it.</summary>
    static int LaneOf(int turn) => ((turn & 1) << 3) | ((turn & 2) << 1) | ((turn & 4) >> 1) | ((turn & 8) >> 3);

    /// <summary>One partial sum of six rows with all queries, and what waits for it added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Block(float* row, int width, float* query, float* end, float* waiting, int joined, float* sums)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default;
        nint next = width;
        var row3 = row + 3 * next;
        for (; query < end; query += Queries, row += Lanes, row3 += Lanes)
        {
            var a = Vector512.Load(query);
            var b = Vector512.Load(query + Lanes);
            var c = Vector512.Load(query + 2 * Lanes);
            var d = Vector512.Load(query + 3 * Lanes);
            var r = Vector512.Create(*row);
            a0 = Avx512F.FusedMultiplyAdd(r, a, a0);
            b0 = Avx512F.FusedMultiplyAdd(r, b, b0);
            c0 = Avx512F.FusedMultiplyAdd(r, c, c0);
            d0 = Avx512F.FusedMultiplyAdd(r, d, d0);
            r = Vector512.Create(row[next]);
            a1 = Avx512F.FusedMultiplyAdd(r, a, a1);
            b1 = Avx512F.FusedMultiplyAdd(r, b, b1);
            c1 = Avx512F.FusedMultiplyAdd(r, c, c1);
            d1 = Avx512F.FusedMultiplyAdd(r, d, d1);
            r = Vector512.Create(row[2 * next]);
            a2 = Avx512F.FusedMultiplyAdd(r, a, a2);
            b2 = Avx512F.FusedMultiplyAdd(r, b, b2);
            c2 = Avx512F.FusedMultiplyAdd(r, c, c2);
            d2 = Avx512F.FusedMultiplyAdd(r, d, d2);
            r = Vector512.Create(*row3);
            a3 = Avx512F.FusedMultiplyAdd(r, a, a3);
            b3 = Avx512F.FusedMultiplyAdd(r, b, b3);
            c3 = Avx512F.FusedMultiplyAdd(r, c, c3);
            d3 = Avx512F.FusedMultiplyAdd(r, d, d3);
            r = Vector512.Create(row3[next]);
            a4 = Avx512F.FusedMultiplyAdd(r, a, a4);
            b4 = Avx512F.FusedMultiplyAdd(r, b, b4);
            c4 = Avx512F.FusedMultiplyAdd(r, c, c4);
            d4 = Avx512F.FusedMultiplyAdd(r, d, d4);
            r = Vector512.Create(row3[2 * next]);
            a5 = Avx512F.FusedMultiplyAdd(r, a, a5);
            b5 = Avx512F.FusedMultiplyAdd(r, b, b5);
            c5 = Avx512F.FusedMultiplyAdd(r, c, c5);
            d5 = Avx512F.FusedMultiplyAdd(r, d, d5);
        }

        for (; joined > 0; joined--, waiting += Products)
        {
            a0 += Vector512.Load(waiting);
            b0 += Vector512.Load(waiting + Lanes);
            c0 += Vector512.Load(waiting + 2 * Lanes);
            d0 += Vector512.Load(waiting + 3 * Lanes);
            a1 += Vector512.Load(waiting + Queries);
            b1 += Vector512.Load(waiting + Queries + Lanes);
            c1 += Vector512.Load(waiting + Queries + 2 * Lanes);
            d1 += Vector512.Load(waiting + Queries + 3 * Lanes);
            a2 += Vector512.Load(waiting + 2 * Queries);
            b2 += Vector512.Load(waiting + 2 * Queries + Lanes);
            c2 += Vector512.Load(waiting + 2 * Queries + 2 * Lanes);
            d2 += Vector512.Load(waiting + 2 * Queries + 3 * Lanes);
            a3 += Vector512.Load(waiting + 3 * Queries);
            b3 += Vector512.Load(waiting + 3 * Queries + Lanes);
            c3 += Vector512.Load(waiting + 3 * Queries + 2 * Lanes);
            d3 += Vector512.Load(waiting + 3 * Queries + 3 * Lanes);
            a4 += Vector512.Load(waiting + 4 * Queries);
            b4 += Vector512.Load(waiting + 4 * Queries + Lanes);
            c4 += Vector512.Load(waiting + 4 * Queries + 2 * Lanes);
            d4 += Vector512.Load(waiting + 4 * Queries + 3 * Lanes);
            a5 += Vector512.Load(waiting + 5 * Queries);
            b5 += Vector512.Load(waiting + 5 * Queries + Lanes);
            c5 += Vector512.Load(waiting + 5 * Queries + 2 * Lanes);
            d5 += Vector512.Load(waiting + 5 * Queries + 3 * Lanes);
        }

        Store(sums, a0, b0, c0, d0);
        Store(sums + Queries, a1, b1, c1, d1);
        Store(sums + 2 * Queries, a2, b2, c2, d2);
        Store(sums + 3 * Queries, a3, b3, c3, d3);
        Store(sums + 4 * Queries, a4, b4, c4, d4);
        Store(sums + 5 * Queries, a5, b5, c5, d5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* sums, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(sums);
        b.Store(sums + Lanes);
        c.Store(sums + 2 * Lanes);
        d.Store(sums + 3 * Lanes);
    }
}
