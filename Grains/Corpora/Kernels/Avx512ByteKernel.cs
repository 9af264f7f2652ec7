using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static MplugCluster.Grains.Corpora.Kernels.ByteKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>
/// AVX-512: sixteen rows are a register. Eight queries pass over 48 rows at a time, so that 24 registers of sums share three of rows and a number
/// that is loaded is used several times.
/// </summary>
sealed unsafe class Avx512ByteKernel : IByteKernel
{
    const int BlocksAtOnce = 3;

    /// <summary>How far ahead a single query asks for rows, in bytes. Into the second cache: into the first it was slower.</summary>
    const int Ahead = 8192;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void One(sbyte* rows, int blocks, int stride, short* query, int* products)
    {
        for (var block = 0; block < blocks; block++, products += RowsAtOnce)
        {
            Vector512<int> first = default, second = default;
            var pair = (int*)query;
            for (var end = rows + RowsAtOnce * stride; rows < end; rows += 4 * RowsAtOnce, pair += 2)
            {
                Sse.Prefetch1(rows + Ahead);
                first += Product(Load(rows), pair[0]);
                second += Product(Load(rows + 2 * RowsAtOnce), pair[1]);
            }

            (first + second).Store(products);
        }
    }

    public void Eight(sbyte* rows, int blocks, int stride, short* queries, int* products, int productStride)
    {
        var block = 0;
        for (; block + BlocksAtOnce <= blocks; block += BlocksAtOnce)
            ThreeByEight(rows + (nint)block * RowsAtOnce * stride, stride, (int*)queries, products + block * RowsAtOnce, productStride);
        for (; block < blocks; block++)
            OneByEight(rows + (nint)block * RowsAtOnce * stride, stride, (int*)queries, products + block * RowsAtOnce, productStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ThreeByEight(sbyte* rows, int stride, int* query, int* products, int productStride)
    {
        Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        Vector512<int> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        nint next = RowsAtOnce * stride;
        var ahead = rows + BlocksAtOnce * next;
        for (var end = rows + next; rows < end; rows += 2 * RowsAtOnce, query += QueriesAtOnce, ahead += 2 * BlocksAtOnce * RowsAtOnce)
        {
            // The next 48 rows: half of the lines twice, because a step goes on by one and a half.
            Sse.Prefetch0(ahead);
            Sse.Prefetch0(ahead + 64);
            var a = Load(rows);
            var b = Load(rows + next);
            var c = Load(rows + 2 * next);
            var numbers = Vector512.Create(query[0]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b0 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c0 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[1]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b1 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c1 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[2]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b2 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c2 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[3]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b3 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c3 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[4]).AsInt16();
            a4 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b4 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c4 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[5]).AsInt16();
            a5 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b5 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c5 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[6]).AsInt16();
            a6 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b6 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c6 += Avx512BW.MultiplyAddAdjacent(c, numbers);
            numbers = Vector512.Create(query[7]).AsInt16();
            a7 += Avx512BW.MultiplyAddAdjacent(a, numbers);
            b7 += Avx512BW.MultiplyAddAdjacent(b, numbers);
            c7 += Avx512BW.MultiplyAddAdjacent(c, numbers);
        }

        Store(a0, b0, c0, products);
        Store(a1, b1, c1, products + productStride);
        Store(a2, b2, c2, products + 2 * (nint)productStride);
        Store(a3, b3, c3, products + 3 * (nint)productStride);
        Store(a4, b4, c4, products + 4 * (nint)productStride);
        Store(a5, b5, c5, products + 5 * (nint)productStride);
        Store(a6, b6, c6, products + 6 * (nint)productStride);
        Store(a7, b7, c7, products + 7 * (nint)productStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void OneByEight(sbyte* rows, int stride, int* query, int* products, int productStride)
    {
        Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (var end = rows + RowsAtOnce * stride; rows < end; rows += 2 * RowsAtOnce, query += QueriesAtOnce)
        {
            var row = Load(rows);
            s0 += Product(row, query[0]);
            s1 += Product(row, query[1]);
            s2 += Product(row, query[2]);
            s3 += Product(row, query[3]);
            s4 += Product(row, query[4]);
            s5 += Product(row, query[5]);
            s6 += Product(row, query[6]);
            s7 += Product(row, query[7]);
        }

        s0.Store(products);
        s1.Store(products + productStride);
        s2.Store(products + 2 * (nint)productStride);
        s3.Store(products + 3 * (nint)productStride);
        s4.Store(products + 4 * (nint)productStride);
        s5.Store(products + 5 * (nint)productStride);
        s6.Store(products + 6 * (nint)productStride);
        s7.Store(products + 7 * (nint)productStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector512<int> a, Vector512<int> b, Vector512<int> c, int* products)
    {
        a.Store(products);
        b.Store(products + RowsAtOnce);
        c.Store(products + 2 * RowsAtOnce);
    }

    /// <summary>Two numbers of each of sixteen rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<short> Load(sbyte* rows) => Avx512BW.ConvertToVector512Int16(Vector256.Load(rows));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Product(Vector512<short> rows, int pair) => Avx512BW.MultiplyAddAdjacent(rows, Vector512.Create(pair).AsInt16());
}
