using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>AVX-512: 32 numbers at a time, four rows side by side.</summary>
sealed unsafe class Avx512ByteKernel : IByteKernel
{
    const int Step = 32;

    /// <summary>How far ahead rows are asked for, in bytes: the processor's own prefetching does not follow four streams far enough.</summary>
    const int Ahead = 4096;

    public void Multiply(sbyte* rows, int count, int stride, short* query, int* products)
    {
        var row = 0;
        for (; row + 4 <= count; row += 4)
            Four(rows + (nint)row * stride, stride, query, products + row);
        for (; row < count; row++)
        {
            Vector512<int> sum = default;
            for (nint i = 0; i < stride; i += Step)
                sum += Product(rows + (nint)row * stride + i, Vector512.Load(query + i));
            products[row] = Vector512.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(sbyte* row, int stride, short* query, int* products)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        nint next = stride;
        for (nint i = 0; i < stride; i += 2 * Step, row += 2 * Step)
        {
            Sse.Prefetch0(row + Ahead);
            Sse.Prefetch0(row + next + Ahead);
            Sse.Prefetch0(row + 2 * next + Ahead);
            Sse.Prefetch0(row + 3 * next + Ahead);
            var (first, second) = (Vector512.Load(query + i), Vector512.Load(query + i + Step));
            a += Product(row, first) + Product(row + Step, second);
            b += Product(row + next, first) + Product(row + next + Step, second);
            c += Product(row + 2 * next, first) + Product(row + 2 * next + Step, second);
            d += Product(row + 3 * next, first) + Product(row + 3 * next + Step, second);
        }

        Fold(a, b, c, d).Store(products);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Product(sbyte* row, Vector512<short> query) =>
        Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(row)), query);

    /// <summary>The sums of four registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Fold(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d)
    {
        var ab = Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b);
        var cd = Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d);
        var all = Avx512F.UnpackLow(ab.AsInt64(), cd.AsInt64()).AsInt32() + Avx512F.UnpackHigh(ab.AsInt64(), cd.AsInt64()).AsInt32();
        var half = all.GetLower() + all.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
