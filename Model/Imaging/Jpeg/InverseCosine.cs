using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>
/// libjpeg's accurate integer inverse cosine transform of a block, bit for bit, with AVX2. Its products are joined: each output is a sum of 16-bit
/// products of inputs, which is the same integer.
/// Source: libjpeg-turbo jidctint.c jpeg_idct_islow.
/// </summary>
static unsafe class InverseCosine
{
    const int ConstantBits = 13;
    const int FirstPassBits = 2;
    const int FirstShift = ConstantBits - FirstPassBits;
    const int SecondShift = ConstantBits + FirstPassBits + 3;

    // Within each half: the first four numbers and the last four become pairs.
    static readonly Vector256<byte> Pairs = Vector256.Create(
        (byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);

    /// <summary>A block of which only the first coefficient is not zero.</summary>
    public static void Flat(int first, byte* destination, nint stride)
    {
        int level = Math.Clamp(((Math.Clamp(first << FirstPassBits, short.MinValue, short.MaxValue) + 16) >> 5) + 128, 0, 255);
        ulong row = 0x0101010101010101UL * (uint)level;
        for (int y = 0; y < 8; y++)
            *(ulong*)(destination + y * stride) = row;
    }

    /// <summary>Eight rows of eight levels from a block of coefficients.</summary>
    public static void Transform(short* block, byte* destination, nint stride)
    {
        var (low, high) = Pass(
            Vector128.Load(block), Vector128.Load(block + 8), Vector128.Load(block + 16), Vector128.Load(block + 24),
            Vector128.Load(block + 32), Vector128.Load(block + 40), Vector128.Load(block + 48), Vector128.Load(block + 56), FirstShift);
        (low, high) = Pass(
            low.A.GetLower(), low.B.GetLower(), high.A.GetLower(), high.B.GetLower(),
            low.A.GetUpper(), low.B.GetUpper(), high.A.GetUpper(), high.B.GetUpper(), SecondShift);

        var middle = Vector256.Create((byte)128);
        var rows0145 = Avx2.PackSignedSaturate(low.A, low.B).AsByte() ^ middle;
        var rows2367 = Avx2.PackSignedSaturate(high.A, high.B).AsByte() ^ middle;
        var (rows01, rows45) = (rows0145.GetLower().AsUInt64(), rows0145.GetUpper().AsUInt64());
        var (rows23, rows67) = (rows2367.GetLower().AsUInt64(), rows2367.GetUpper().AsUInt64());
        *(ulong*)destination = rows01.ToScalar();
        *(ulong*)(destination + stride) = rows01.GetElement(1);
        *(ulong*)(destination + 2 * stride) = rows23.ToScalar();
        *(ulong*)(destination + 3 * stride) = rows23.GetElement(1);
        *(ulong*)(destination + 4 * stride) = rows45.ToScalar();
        *(ulong*)(destination + 5 * stride) = rows45.GetElement(1);
        *(ulong*)(destination + 6 * stride) = rows67.ToScalar();
        *(ulong*)(destination + 7 * stride) = rows67.GetElement(1);
    }

    /// <summary>
    /// Down the columns of eight rows, then turned: of the result, the lower halves are columns 0, 1, 2 and 3, the upper ones 4, 5, 6 and 7.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Two Low, Two High) Pass(
        Vector128<short> in0, Vector128<short> in1, Vector128<short> in2, Vector128<short> in3,
        Vector128<short> in4, Vector128<short> in5, Vector128<short> in6, Vector128<short> in7, int shift)
    {
        var (in04, in26, in17, in35) = (Interleave(in0, in4), Interleave(in2, in6), Interleave(in1, in7), Interleave(in3, in5));
        var half = Vector256.Create(1 << (shift - 1));
        var even0 = Sum(in04, 8192, 8192) + half;
        var even1 = Sum(in04, 8192, -8192) + half;
        var even2 = Sum(in26, 4433, 4433 - 15137);
        var even3 = Sum(in26, 4433 + 6270, 4433);
        var odd0 = Sum(in17, 2260, -11363) + Sum(in35, -6436, 9633);
        var odd1 = Sum(in17, 6437, 9633) + Sum(in35, -11362, 2261);
        var odd2 = Sum(in17, 9633, -6436) + Sum(in35, -2259, -11362);
        var odd3 = Sum(in17, 11363, 2260) + Sum(in35, 9633, 6437);
        var (outer, inner, next, last) = (even0 + even3, even1 + even2, even1 - even2, even0 - even3);

        var out01 = Avx2.PackSignedSaturate((outer + odd3) >> shift, (inner + odd2) >> shift);
        var out23 = Avx2.PackSignedSaturate((next + odd1) >> shift, (last + odd0) >> shift);
        var out45 = Avx2.PackSignedSaturate((last - odd0) >> shift, (next - odd1) >> shift);
        var out67 = Avx2.PackSignedSaturate((inner - odd2) >> shift, (outer - odd3) >> shift);

        var (pair01, pair23) = (Avx2.Shuffle(out01.AsByte(), Pairs).AsInt32(), Avx2.Shuffle(out23.AsByte(), Pairs).AsInt32());
        var (pair45, pair67) = (Avx2.Shuffle(out45.AsByte(), Pairs).AsInt32(), Avx2.Shuffle(out67.AsByte(), Pairs).AsInt32());
        var (above01, above23) = (Avx2.UnpackLow(pair01, pair23).AsInt64(), Avx2.UnpackHigh(pair01, pair23).AsInt64());
        var (below01, below23) = (Avx2.UnpackLow(pair45, pair67).AsInt64(), Avx2.UnpackHigh(pair45, pair67).AsInt64());
        return (
            new(Avx2.UnpackLow(above01, below01).AsInt16(), Avx2.UnpackHigh(above01, below01).AsInt16()),
            new(Avx2.UnpackLow(above23, below23).AsInt16(), Avx2.UnpackHigh(above23, below23).AsInt16()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Interleave(Vector128<short> first, Vector128<short> second) =>
        Vector256.Create(Sse2.UnpackLow(first, second), Sse2.UnpackHigh(first, second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Sum(Vector256<short> pairs, short first, short second) =>
        Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((ushort)first | second << 16).AsInt16());

    readonly record struct Two(Vector256<short> A, Vector256<short> B);
}
