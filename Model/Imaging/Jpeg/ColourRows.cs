using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>
/// Rows of luma and chroma to rows of pixels, as libjpeg makes them, with AVX2. Everything is written in blocks of 16 pixels: buffers end so much later.
/// Source: libjpeg-turbo jdsample.c h2v1_fancy_upsample, h2v2_fancy_upsample; jdcolor.c ycc_rgb_convert.
/// </summary>
static unsafe class ColourRows
{
    /// <summary>Pixels at once.</summary>
    public const int Block = 16;

    /// <summary>Three parts of a chroma row and one of its neighbour, as in the upper or lower of two rows of pixels.</summary>
    /// <param name="near">The row, <paramref name="width"/> samples.</param>
    /// <param name="far">The row above or below.</param>
    /// <param name="width">Samples.</param>
    /// <param name="sums">Takes them; there is room for one before the first.</param>
    public static void Blend(byte* near, byte* far, int width, short* sums)
    {
        var three = Vector256.Create((short)3);
        for (int x = 0; x < width; x += Block)
            (Avx2.ConvertToVector256Int16(near + x) * three + Avx2.ConvertToVector256Int16(far + x)).Store(sums + x);
        RepeatEdges(width, sums);
    }

    /// <summary>A chroma row as it is, in the form of <see cref="Blend"/>.</summary>
    public static void Widen(byte* row, int width, short* sums)
    {
        for (int x = 0; x < width; x += Block)
            Avx2.ConvertToVector256Int16(row + x).Store(sums + x);
        RepeatEdges(width, sums);
    }

    /// <summary>Twice as many samples: each lies nearer to one of two sums than to the other.</summary>
    /// <param name="sums">Of <see cref="Blend"/> or <see cref="Widen"/>.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="leftRounding">Added to left samples before the shift.</param>
    /// <param name="rightRounding">Added to right samples before the shift.</param>
    /// <param name="shift">Bits that are dropped.</param>
    /// <param name="samples">Takes twice the width.</param>
    public static void Spread(short* sums, int width, short leftRounding, short rightRounding, int shift, byte* samples)
    {
        var (three, left, right) = (Vector256.Create((short)3), Vector256.Create(leftRounding), Vector256.Create(rightRounding));
        for (int x = 0; x < width; x += Block)
        {
            var own = Vector256.Load(sums + x) * three;
            var even = (own + Vector256.Load(sums + x - 1) + left) >>> shift;
            var odd = (own + Vector256.Load(sums + x + 1) + right) >>> shift;
            (even | (odd << 8)).AsByte().Store(samples + 2 * x);
        }
    }

    /// <summary>Pixels without colour.</summary>
    public static void FromGrey(byte* luma, int width, byte* pixels)
    {
        var grey = Vector256.Create(0x010101);
        var alpha = Vector256.Create(0xFF << 24);
        for (int x = 0; x < width; x += Vector256<int>.Count)
            (Avx2.ConvertToVector256Int32(luma + x) * grey | alpha).AsByte().Store(pixels + 4 * x);
    }

    /// <summary>Pixels from luma and chroma of the same width.</summary>
    public static void FromYcc(byte* luma, byte* blue, byte* red, int width, byte* pixels)
    {
        var middle = Vector256.Create((short)128);
        for (int x = 0; x < width; x += Block)
        {
            var y = Avx2.ConvertToVector256Int16(luma + x);
            var (cb, cr) = (Avx2.ConvertToVector256Int16(blue + x) - middle, Avx2.ConvertToVector256Int16(red + x) - middle);
            var r = y + cr + Share(cr, 26345); // 1.402 = 1 + 26345 / 65536
            var b = y + cb + cb + Share(cb, -14942); // 1.772 = 2 - 14942 / 65536
            var g = y - cr + Green(cb, cr);
            Store(r, g, b, pixels + 4 * x);
        }
    }

    // The factor's part of each number, in 65536ths, rounded: doubled, so that the bit that rounds is still there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Share(Vector256<short> value, short factor) =>
        (Avx2.MultiplyHigh(value + value, Vector256.Create(factor)) + Vector256<short>.One) >> 1;

    // -0.34414 cb - 0.71414 cr, but for the one whole cr that is taken off apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<short> Green(Vector256<short> cb, Vector256<short> cr)
    {
        var factors = Vector256.Create(unchecked((ushort)-22554) | 18734 << 16).AsInt16();
        var half = Vector256.Create(1 << 15);
        var low = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(cb, cr), factors) + half) >> 16;
        var high = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(cb, cr), factors) + half) >> 16;
        return Avx2.PackSignedSaturate(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector256<short> r, Vector256<short> g, Vector256<short> b, byte* pixels)
    {
        var redBlue = Avx2.PackUnsignedSaturate(r, b);
        var greenAlpha = Avx2.PackUnsignedSaturate(g, Vector256.Create((short)255));
        var redGreen = Avx2.UnpackLow(redBlue, greenAlpha).AsInt16();
        var blueAlpha = Avx2.UnpackHigh(redBlue, greenAlpha).AsInt16();
        var (low, high) = (Avx2.UnpackLow(redGreen, blueAlpha).AsByte(), Avx2.UnpackHigh(redGreen, blueAlpha).AsByte());
        Avx2.Permute2x128(low, high, 0x20).Store(pixels);
        Avx2.Permute2x128(low, high, 0x31).Store(pixels + 32);
    }

    static void RepeatEdges(int width, short* sums) => (sums[-1], sums[width]) = (sums[0], sums[width - 1]);
}
