using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>AVX-512: 32 numbers at a time; the sums of four rows are folded together.</summary>
sealed unsafe class Avx512ByteKernel : IByteKernel
{
    const int Step = 32;

    /// <summary>How far ahead rows are asked for, in bytes.</summary>
    const int Ahead = 2048;

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
        // One row after the other, as they lie in memory: so the processor reads ahead of them.
        var a = Row(ref row, stride, query);
        var b = Row(ref row, stride, query);
        var c = Row(ref row, stride, query);
        var d = Row(ref row, stride, query);
        Fold(a, b, c, d).Store(products);
    }

    /// <summary>The sums of one row; the next row is where <paramref name="row"/> is afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Row(ref sbyte* row, int stride, short* query)
    {
        Vector512<int> first = default, second = default;
        for (var end = row + stride; row < end; row += 2 * Step, query += 2 * Step)
        {
            Sse.Prefetch0(row + Ahead);
            first += Product(row, Vector512.Load(query));
            second += Product(row + Step, Vector512.Load(query + Step));
        }

        return first + second;
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
