using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static MplugCluster.Grains.Corpora.Kernels.ByteKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>AVX2: eight rows are a register; of eight queries, four at a time pass over sixteen rows.</summary>
sealed unsafe class Avx2ByteKernel : IByteKernel
{
    /// <summary>Rows of a register.</summary>
    const int Half = RowsAtOnce / 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void One(sbyte* rows, int blocks, int stride, short* query, int* products)
    {
        for (var block = 0; block < blocks; block++, products += RowsAtOnce)
        {
            Vector256<int> low = default, high = default;
            var pair = (int*)query;
            for (var end = rows + RowsAtOnce * stride; rows < end; rows += 2 * RowsAtOnce, pair++)
            {
                var numbers = Vector256.Create(*pair).AsInt16();
                low += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(rows), numbers);
                high += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(rows + RowsAtOnce), numbers);
            }

            low.Store(products);
            high.Store(products + Half);
        }
    }

    public void Eight(sbyte* rows, int blocks, int stride, short* queries, int* products, int productStride)
    {
        for (var block = 0; block < blocks; block++, rows += RowsAtOnce * stride, products += RowsAtOnce)
        {
            Four(rows, stride, (int*)queries, products, productStride);
            Four(rows, stride, (int*)queries + 4, products + 4 * (nint)productStride, productStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(sbyte* rows, int stride, int* query, int* products, int productStride)
    {
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (var end = rows + RowsAtOnce * stride; rows < end; rows += 2 * RowsAtOnce, query += QueriesAtOnce)
        {
            var a = Avx2.ConvertToVector256Int16(rows);
            var b = Avx2.ConvertToVector256Int16(rows + RowsAtOnce);
            var numbers = Vector256.Create(query[0]).AsInt16();
            a0 += Avx2.MultiplyAddAdjacent(a, numbers);
            b0 += Avx2.MultiplyAddAdjacent(b, numbers);
            numbers = Vector256.Create(query[1]).AsInt16();
            a1 += Avx2.MultiplyAddAdjacent(a, numbers);
            b1 += Avx2.MultiplyAddAdjacent(b, numbers);
            numbers = Vector256.Create(query[2]).AsInt16();
            a2 += Avx2.MultiplyAddAdjacent(a, numbers);
            b2 += Avx2.MultiplyAddAdjacent(b, numbers);
            numbers = Vector256.Create(query[3]).AsInt16();
            a3 += Avx2.MultiplyAddAdjacent(a, numbers);
            b3 += Avx2.MultiplyAddAdjacent(b, numbers);
        }

        Store(a0, b0, products);
        Store(a1, b1, products + productStride);
        Store(a2, b2, products + 2 * (nint)productStride);
        Store(a3, b3, products + 3 * (nint)productStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector256<int> low, Vector256<int> high, int* products)
    {
        low.Store(products);
        high.Store(products + Half);
    }
}
