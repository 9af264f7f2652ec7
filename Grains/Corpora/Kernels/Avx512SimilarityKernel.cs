using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static MplugCluster.Grains.Corpora.Kernels.SimilarityKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>
/// AVX-512: the sixteen sums are one register. A block of eight rows and three (or two) queries keeps 24 of them, so that a number that is loaded is used
/// several times; the folds of eight rows are done together.
/// </summary>
sealed unsafe class Avx512SimilarityKernel : ISimilarityKernel
{
    const int RowsAtOnce = 8;
    const int QueriesAtOnce = 3;

    /// <summary>Rows that all queries pass over before the next, in bytes: they stay in a first cache of 48 KiB, and where it is smaller in the second.</summary>
    const int PanelBytes = 32 * 1024;

    /// <summary>How far ahead a single query asks for rows, in numbers.</summary>
    const int Ahead = 1024;

    // After the last fold of eight rows, register places 0, 4, 8, 12 have rows 0 to 3, the places behind them rows 4 to 7. Not a static
    // field: a method with AggressiveOptimization may be compiled before its class is initialized, and then calls the initializer and has all its
    // sums in memory around the call, for good.
    static Vector512<int> RowOrder => Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 0, 4, 8, 12, 1, 5, 9, 13);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(float* rows, int count, int width, float* queries, int queryCount, float* products, int stride)
    {
        var panel = Math.Max(RowsAtOnce, PanelBytes / (width * sizeof(float)) / RowsAtOnce * RowsAtOnce);
        for (var first = 0; first < count; first += panel)
            Panel(rows + (nint)first * width, Math.Min(panel, count - first), width, queries, queryCount, products + first, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Panel(float* rows, int count, int width, float* queries, int queryCount, float* products, int stride)
    {
        var whole = count / RowsAtOnce * RowsAtOnce;

        // One that is left over takes as long as a pair, so with three others it makes two pairs.
        var pairs = (queryCount % QueriesAtOnce) switch { 2 => 1, 1 when queryCount > 1 => 2, _ => 0 };
        var triples = (queryCount - 2 * pairs) / QueriesAtOnce;

        // The blocks share out asking for the next panel. All at once would hold up what a block needs itself.
        var ahead = rows + (nint)count * width;
        var blocks = Math.Max(1, (triples + pairs) * whole / RowsAtOnce);
        var lines = (count * width / Lanes + blocks - 1) / blocks;
        var query = 0;
        for (; query < QueriesAtOnce * triples; query += QueriesAtOnce)
        {
            for (var row = 0; row < whole; row += RowsAtOnce, ahead += lines * Lanes)
            {
                Prefetch(ahead, lines);
                EightByThree(rows + (nint)row * width, width, queries + (nint)query * width, products + (nint)query * stride + row, stride);
            }
        }

        for (; query + 2 <= queryCount; query += 2)
        {
            for (var row = 0; row < whole; row += RowsAtOnce, ahead += lines * Lanes)
            {
                Prefetch(ahead, lines);
                EightByTwo(rows + (nint)row * width, width, queries + (nint)query * width, products + (nint)query * stride + row, stride);
            }
        }

        for (; query < queryCount; query++)
        {
            for (var row = 0; row < whole; row += RowsAtOnce)
                EightByOne(rows + (nint)row * width, width, queries + (nint)query * width, products + (nint)query * stride + row);
        }

        for (var row = whole; row < count; row++)
        {
            for (query = 0; query < queryCount; query++)
                products[(nint)query * stride + row] = One(rows + (nint)row * width, width, queries + (nint)query * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch(float* numbers, int lines)
    {
        for (var end = numbers + lines * Lanes; numbers < end; numbers += Lanes)
            Sse.Prefetch0(numbers);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void EightByOne(float* row, int width, float* query, float* products)
    {
        // One row after the other, as they lie in memory: side by side they would be eight streams, which the processor does not read ahead of.
        // Their chains overlap all the same, because no row waits for another.
        var s0 = Row(ref row, width, query);
        var s1 = Row(ref row, width, query);
        var s2 = Row(ref row, width, query);
        var s3 = Row(ref row, width, query);
        var s4 = Row(ref row, width, query);
        var s5 = Row(ref row, width, query);
        var s6 = Row(ref row, width, query);
        var s7 = Row(ref row, width, query);
        Fold(s0, s1, s2, s3, s4, s5, s6, s7).Store(products);
    }

    /// <summary>The sums of one row; the next row is where <paramref name="row"/> is afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Row(ref float* row, int width, float* query)
    {
        Vector512<float> sums = default;
        float* end = row + width, unrolled = row + width / (4 * Lanes) * (4 * Lanes);
        for (; row < unrolled; row += 4 * Lanes, query += 4 * Lanes)
        {
            Sse.Prefetch0(row + Ahead);
            Sse.Prefetch0(row + Ahead + Lanes);
            Sse.Prefetch0(row + Ahead + 2 * Lanes);
            Sse.Prefetch0(row + Ahead + 3 * Lanes);
            sums = Avx512F.FusedMultiplyAdd(Vector512.Load(row), Vector512.Load(query), sums);
            sums = Avx512F.FusedMultiplyAdd(Vector512.Load(row + Lanes), Vector512.Load(query + Lanes), sums);
            sums = Avx512F.FusedMultiplyAdd(Vector512.Load(row + 2 * Lanes), Vector512.Load(query + 2 * Lanes), sums);
            sums = Avx512F.FusedMultiplyAdd(Vector512.Load(row + 3 * Lanes), Vector512.Load(query + 3 * Lanes), sums);
        }

        for (; row < end; row += Lanes, query += Lanes)
            sums = Avx512F.FusedMultiplyAdd(Vector512.Load(row), Vector512.Load(query), sums);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void EightByThree(float* row, int width, float* query, float* products, int stride)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        nint next = width;
        var end = row + next;
        float* row3 = row + 3 * next, row6 = row + 6 * next;
        for (; row < end; row += Lanes, row3 += Lanes, row6 += Lanes, query += Lanes)
        {
            var a = Vector512.Load(query);
            var b = Vector512.Load(query + next);
            var c = Vector512.Load(query + 2 * next);
            var r = Vector512.Load(row);
            a0 = Avx512F.FusedMultiplyAdd(r, a, a0);
            b0 = Avx512F.FusedMultiplyAdd(r, b, b0);
            c0 = Avx512F.FusedMultiplyAdd(r, c, c0);
            r = Vector512.Load(row + next);
            a1 = Avx512F.FusedMultiplyAdd(r, a, a1);
            b1 = Avx512F.FusedMultiplyAdd(r, b, b1);
            c1 = Avx512F.FusedMultiplyAdd(r, c, c1);
            r = Vector512.Load(row + 2 * next);
            a2 = Avx512F.FusedMultiplyAdd(r, a, a2);
            b2 = Avx512F.FusedMultiplyAdd(r, b, b2);
            c2 = Avx512F.FusedMultiplyAdd(r, c, c2);
            r = Vector512.Load(row3);
            a3 = Avx512F.FusedMultiplyAdd(r, a, a3);
            b3 = Avx512F.FusedMultiplyAdd(r, b, b3);
            c3 = Avx512F.FusedMultiplyAdd(r, c, c3);
            r = Vector512.Load(row3 + next);
            a4 = Avx512F.FusedMultiplyAdd(r, a, a4);
            b4 = Avx512F.FusedMultiplyAdd(r, b, b4);
            c4 = Avx512F.FusedMultiplyAdd(r, c, c4);
            r = Vector512.Load(row3 + 2 * next);
            a5 = Avx512F.FusedMultiplyAdd(r, a, a5);
            b5 = Avx512F.FusedMultiplyAdd(r, b, b5);
            c5 = Avx512F.FusedMultiplyAdd(r, c, c5);
            r = Vector512.Load(row6);
            a6 = Avx512F.FusedMultiplyAdd(r, a, a6);
            b6 = Avx512F.FusedMultiplyAdd(r, b, b6);
            c6 = Avx512F.FusedMultiplyAdd(r, c, c6);
            r = Vector512.Load(row6 + next);
            a7 = Avx512F.FusedMultiplyAdd(r, a, a7);
            b7 = Avx512F.FusedMultiplyAdd(r, b, b7);
            c7 = Avx512F.FusedMultiplyAdd(r, c, c7);
        }

        Fold(a0, a1, a2, a3, a4, a5, a6, a7).Store(products);
        Fold(b0, b1, b2, b3, b4, b5, b6, b7).Store(products + stride);
        Fold(c0, c1, c2, c3, c4, c5, c6, c7).Store(products + 2 * (nint)stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void EightByTwo(float* row, int width, float* query, float* products, int stride)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        nint next = width;
        var end = row + next;
        float* row3 = row + 3 * next, row6 = row + 6 * next;
        for (; row < end; row += Lanes, row3 += Lanes, row6 += Lanes, query += Lanes)
        {
            var a = Vector512.Load(query);
            var b = Vector512.Load(query + next);
            var r = Vector512.Load(row);
            a0 = Avx512F.FusedMultiplyAdd(r, a, a0);
            b0 = Avx512F.FusedMultiplyAdd(r, b, b0);
            r = Vector512.Load(row + next);
            a1 = Avx512F.FusedMultiplyAdd(r, a, a1);
            b1 = Avx512F.FusedMultiplyAdd(r, b, b1);
            r = Vector512.Load(row + 2 * next);
            a2 = Avx512F.FusedMultiplyAdd(r, a, a2);
            b2 = Avx512F.FusedMultiplyAdd(r, b, b2);
            r = Vector512.Load(row3);
            a3 = Avx512F.FusedMultiplyAdd(r, a, a3);
            b3 = Avx512F.FusedMultiplyAdd(r, b, b3);
            r = Vector512.Load(row3 + next);
            a4 = Avx512F.FusedMultiplyAdd(r, a, a4);
            b4 = Avx512F.FusedMultiplyAdd(r, b, b4);
            r = Vector512.Load(row3 + 2 * next);
            a5 = Avx512F.FusedMultiplyAdd(r, a, a5);
            b5 = Avx512F.FusedMultiplyAdd(r, b, b5);
            r = Vector512.Load(row6);
            a6 = Avx512F.FusedMultiplyAdd(r, a, a6);
            b6 = Avx512F.FusedMultiplyAdd(r, b, b6);
            r = Vector512.Load(row6 + next);
            a7 = Avx512F.FusedMultiplyAdd(r, a, a7);
            b7 = Avx512F.FusedMultiplyAdd(r, b, b7);
        }

        Fold(a0, a1, a2, a3, a4, a5, a6, a7).Store(products);
        Fold(b0, b1, b2, b3, b4, b5, b6, b7).Store(products + stride);
    }

    static float One(float* row, int width, float* query)
    {
        Vector512<float> sums = default;
        for (nint i = 0; i < width; i += Lanes)
            sums = Avx512F.FusedMultiplyAdd(Vector512.Load(row + i), Vector512.Load(query + i), sums);
        var eight = sums.GetLower() + sums.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.GetElement(0) + two.GetElement(1);
    }

    /// <summary>The sums of eight rows, folded side by side: sixteen to eight, four, two and one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Fold(
        Vector512<float> r0, Vector512<float> r1, Vector512<float> r2, Vector512<float> r3,
        Vector512<float> r4, Vector512<float> r5, Vector512<float> r6, Vector512<float> r7)
    {
        var (low, high) = (Quarter(Half(r0, r1), Half(r2, r3)), Quarter(Half(r4, r5), Half(r6, r7)));
        var two = (Avx512F.UnpackLow(low.AsDouble(), high.AsDouble()).AsSingle()) + Avx512F.UnpackHigh(low.AsDouble(), high.AsDouble()).AsSingle();
        var one = Avx512F.Shuffle(two, two, 0x88) + Avx512F.Shuffle(two, two, 0xDD);
        return Avx512F.PermuteVar16x32(one, RowOrder).GetLower();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Half(Vector512<float> a, Vector512<float> b) => Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Quarter(Vector512<float> ab, Vector512<float> cd) => Avx512F.Shuffle4x128(ab, cd, 0x88) + Avx512F.Shuffle4x128(ab, cd, 0xDD);
}
