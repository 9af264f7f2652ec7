using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Model.Imaging;

/// <summary>
/// Bytes to the encoder's floats: <c>(byte / 255 - mean) / std</c> per channel, in float32 as torchvision computes it.
/// Source: pytorch/vision torchvision/transforms/functional.py to_tensor, normalize (0.14); constants: OpenAI CLIP.
/// </summary>
static class ChannelNormalization
{
    static readonly Channel Red = new(0.48145466f, 0.26862954f);
    static readonly Channel Green = new(0.4578275f, 0.26130258f);
    static readonly Channel Blue = new(0.40821073f, 0.27577711f);

    /// <param name="pixels"><c>[H, W, 4]</c> bytes, the fourth ignored.</param>
    /// <param name="planes"><c>[3, H, W]</c> floats.</param>
    public static void Apply(ReadOnlySpan<byte> pixels, Span<float> planes)
    {
        int plane = pixels.Length / 4;
        Apply(pixels, planes[..plane], planes.Slice(plane, plane), planes.Slice(2 * plane, plane));
    }

    /// <summary>One row of a picture, into the same row of its planes.</summary>
    /// <param name="pixels"><c>[W, 4]</c> bytes, the fourth ignored.</param>
    /// <param name="planes"><c>[3, H, W]</c> floats.</param>
    /// <param name="row">Which of the H rows.</param>
    public static void ApplyRow(ReadOnlySpan<byte> pixels, Span<float> planes, int row)
    {
        var (width, plane) = (pixels.Length / 4, planes.Length / 3);
        var at = row * width;
        Apply(pixels, planes.Slice(at, width), planes.Slice(plane + at, width), planes.Slice(2 * plane + at, width));
    }

    /// <summary>Each channel by its table of 256 values: runs anywhere, and says what <see cref="Apply(ReadOnlySpan{byte}, Span{float})"/> computes.</summary>
    internal static void ApplyTables(ReadOnlySpan<byte> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        ReadOnlySpan<float> redOf = Red.Table, greenOf = Green.Table, blueOf = Blue.Table;
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            var pixel = pixels.Slice(4 * i, 4);
            red[i] = redOf[pixel[0]];
            green[i] = greenOf[pixel[1]];
            blue[i] = blueOf[pixel[2]];
        }
    }

    static void Apply(ReadOnlySpan<byte> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        int done = Fma.IsSupported ? ApplyVectors(pixels, red, green, blue) : 0;
        ApplyTables(pixels[(4 * done)..], red[done..], green[done..], blue[done..]);
    }

    static int ApplyVectors(ReadOnlySpan<byte> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        var (redOf, greenOf, blueOf) = (new Vectors(Red), new Vectors(Green), new Vectors(Blue));
        var low = Vector256.Create(0xFF);
        var four = MemoryMarshal.Cast<byte, int>(pixels);
        int at = 0;
        for (; at + Vector256<int>.Count <= four.Length; at += Vector256<int>.Count)
        {
            var pixel = Vector256.Create(four.Slice(at, Vector256<int>.Count));
            redOf.Normalize(pixel & low).CopyTo(red[at..]);
            greenOf.Normalize((pixel >>> 8) & low).CopyTo(green[at..]);
            blueOf.Normalize((pixel >>> 16) & low).CopyTo(blue[at..]);
        }
        return at;
    }

    sealed class Channel
    {
        public Channel(float mean, float std)
        {
            (Mean, Std) = (mean, std);
            for (int value = 0; value < Table.Length; value++)
                Table[value] = (value / 255f - mean) / std;
        }

        public float Mean { get; }

        public float Std { get; }

        public float[] Table { get; } = new float[256];
    }

    /// <summary>
    /// Instead of two slow divisions, products with the reciprocals, each corrected by its remainder: that rounds as the division does, and a test
    /// compares every byte.
    /// </summary>
    readonly struct Vectors(Channel channel)
    {
        readonly Vector256<float> mean = Vector256.Create(channel.Mean);
        readonly Vector256<float> std = Vector256.Create(channel.Std);
        readonly Vector256<float> inverseStd = Vector256.Create(1 / channel.Std);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Normalize(Vector256<int> bytes)
        {
            var share = Divide(Vector256.ConvertToSingle(bytes), Vector256.Create(255f), Vector256.Create(1 / 255f));
            return Divide(share - mean, std, inverseStd);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Divide(Vector256<float> value, Vector256<float> divisor, Vector256<float> inverse)
        {
            var near = value * inverse;
            return Fma.MultiplyAdd(Fma.MultiplyAddNegated(near, divisor, value), inverse, near);
        }
    }
}
