using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Grains.Corpora.Kernels;

/// <summary>AVX2: sixteen numbers at a time.</summary>
sealed unsafe class Avx2ByteKernel : IByteKernel
{
    const int Step = 16;

    public void Multiply(sbyte* rows, int count, int stride, short* query, int* products)
    {
        var row = 0;
        for (; row + 4 <= count; row += 4)
            Four(rows + (nint)row * stride, stride, query, products + row);
        for (; row < count; row++)
        {
            Vector256<int> sum = default;
            for (nint i = 0; i < stride; i += Step)
                sum += Product(rows + (nint)row * stride + i, Vector256.Load(query + i));
            products[row] = Vector256.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(sbyte* row, int stride, short* query, int* products)
    {
        Vector256<int> a = default, b = default, c = default, d = default;
        for (nint i = 0; i < stride; i += Step)
        {
            var part = Vector256.Load(query + i);
            a += Product(row + i, part);
            b += Product(row + stride + i, part);
            c += Product(row + 2 * (nint)stride + i, part);
            d += Product(row + 3 * (nint)stride + i, part);
        }

        products[0] = Vector256.Sum(a);
        products[1] = Vector256.Sum(b);
        products[2] = Vector256.Sum(c);
        products[3] = Vector256.Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Product(sbyte* row, Vector256<short> query) => Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(row), query);
}
