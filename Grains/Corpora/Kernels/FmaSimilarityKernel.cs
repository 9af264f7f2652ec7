using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static MplugCluster.Grains.Corpora.Kernels.SimilarityKernels;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>AVX2 with FMA: the sixteen sums are two registers.</summary>
sealed unsafe class FmaSimilarityKernel : ISimilarityKernel
{
    const int RowsAtOnce = 4;

    public void Multiply(float* rows, int count, int width, float* queries, int queryCount, float* products, int stride)
    {
        var row = 0;
        for (; row + RowsAtOnce <= count; row += RowsAtOnce)
        {
            for (var query = 0; query < queryCount; query++)
                Four(rows + (nint)row * width, width, queries + (nint)query * width, products + (nint)query * stride + row);
        }

        for (; row < count; row++)
        {
            for (var query = 0; query < queryCount; query++)
                products[(nint)query * stride + row] = One(rows + (nint)row * width, width, queries + (nint)query * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(float* a, int width, float* query, float* products)
    {
        float* b = a + width, c = b + width, d = c + width;
        Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (nint i = 0; i < width; i += Lanes)
        {
            var (low, high) = (Vector256.Load(query + i), Vector256.Load(query + i + 8));
            a0 = Fma.MultiplyAdd(Vector256.Load(a + i), low, a0);
            a1 = Fma.MultiplyAdd(Vector256.Load(a + i + 8), high, a1);
            b0 = Fma.MultiplyAdd(Vector256.Load(b + i), low, b0);
            b1 = Fma.MultiplyAdd(Vector256.Load(b + i + 8), high, b1);
            c0 = Fma.MultiplyAdd(Vector256.Load(c + i), low, c0);
            c1 = Fma.MultiplyAdd(Vector256.Load(c + i + 8), high, c1);
            d0 = Fma.MultiplyAdd(Vector256.Load(d + i), low, d0);
            d1 = Fma.MultiplyAdd(Vector256.Load(d + i + 8), high, d1);
        }

        products[0] = Fold(a0 + a1);
        products[1] = Fold(b0 + b1);
        products[2] = Fold(c0 + c1);
        products[3] = Fold(d0 + d1);
    }

    static float One(float* row, int width, float* query)
    {
        Vector256<float> low = default, high = default;
        for (nint i = 0; i < width; i += Lanes)
        {
            low = Fma.MultiplyAdd(Vector256.Load(row + i), Vector256.Load(query + i), low);
            high = Fma.MultiplyAdd(Vector256.Load(row + i + 8), Vector256.Load(query + i + 8), high);
        }

        return Fold(low + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Fold(Vector256<float> eight)
    {
        var four = eight.GetLower() + eight.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.GetElement(0) + two.GetElement(1);
    }
}
