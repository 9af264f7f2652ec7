using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MplugCluster.Model.Onnx.Rows;

/// <summary>
/// What an int8 graph does with each row between products of bytes, in one pass over memory: numbers of a product to numbers in fp32, and rows to bytes
/// in steps of their own. Same bits as the runtime's separate nodes, except for <see cref="QuickGelu"/>, which ends in other last bits.
/// </summary>
static unsafe class RowKernels
{
    const int Lanes = 16;

    /// <summary>The largest number of a row that counts as nothing at all: its step must not be 0.</summary>
    const float Nothing = RoundedRows.Nothing;

    /// <summary>1.5 times 2 to the 23rd: what is added to it is rounded to a whole number, halves to the even one, in the lowest bits.</summary>
    const float Whole = 12_582_912;

    /// <summary>What CLIP's GELU multiplies by within its sigmoid.</summary>
    public const float GeluFactor = 1.702f;

    /// <summary>Whether this processor has what the kernels are made of.</summary>
    public static bool IsSupported => Avx512BW.IsSupported;

    /// <summary>Rounds a row to bytes around 128 in steps of a 127th of its largest magnitude.</summary>
    /// <param name="row"><c>[width]</c>.</param>
    /// <param name="width">Numbers.</param>
    /// <param name="bytes"><c>[width]</c>.</param>
    /// <returns>The step; no number if the row has one that is none.</returns>
    public static float Round(float* row, int width, byte* bytes) => Round(row, width, Largest(row, width), bytes);

    /// <summary>A product's row in fp32: times its step, and the bias added.</summary>
    public static void Restore(float* product, int width, float step, float* bias, float* result)
    {
        var steps = Vector512.Create(step);
        var i = 0;
        for (; i <= width - Lanes; i += Lanes)
            (Vector512.Load(product + i) * steps + Vector512.Load(bias + i)).Store(result + i);
        for (; i < width; i++)
            result[i] = product[i] * step + bias[i];
    }

    /// <summary>The same, and another row added.</summary>
    public static void RestoreAdd(float* product, int width, float step, float* bias, float* other, float* result)
    {
        var steps = Vector512.Create(step);
        var i = 0;
        for (; i <= width - Lanes; i += Lanes)
            (Vector512.Load(other + i) + (Vector512.Load(product + i) * steps + Vector512.Load(bias + i))).Store(result + i);
        for (; i < width; i++)
            result[i] = other[i] + (product[i] * step + bias[i]);
    }

    /// <summary>A product's row in fp32 as in <see cref="Restore"/>, through CLIP's GELU, and rounded as in <see cref="Round(float*, int, byte*)"/>.</summary>
    /// <param name="product"><c>[width]</c>.</param>
    /// <param name="width">Numbers.</param>
    /// <param name="step">The product's.</param>
    /// <param name="bias"><c>[width]</c>.</param>
    /// <param name="row">Room for <c>[width]</c> numbers.</param>
    /// <param name="bytes"><c>[width]</c>.</param>
    /// <returns>The step of the bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float RestoreGeluRound(float* product, int width, float step, float* bias, float* row, byte* bytes)
    {
        var (steps, largest, magnitude) = (Vector512.Create(step), Vector512<int>.Zero, Vector512.Create(int.MaxValue));
        var i = 0;
        for (; i <= width - Lanes; i += Lanes)
        {
            var x = QuickGelu(Vector512.Load(product + i) * steps + Vector512.Load(bias + i));
            x.Store(row + i);
            largest = Vector512.Max(largest, x.AsInt32() & magnitude);
        }

        var rest = 0;
        for (; i < width; i++)
        {
            row[i] = QuickGelu(Vector512.CreateScalar(product[i] * step + bias[i])).ToScalar();
            rest = Math.Max(rest, BitConverter.SingleToInt32Bits(row[i]) & int.MaxValue);
        }

        return Round(row, width, Math.Max(rest, Max(largest)), bytes);
    }

    /// <summary>CLIP's GELU, <c>x / (1 + exp(-1.702 x))</c>, to 2e-7 of its size, or 2e-7 |x| of it where it is next to nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> QuickGelu(Vector512<float> x)
    {
        // exp(-1.702 x) is a power of 2: whole part by the exponent, the rest by the series of 2^f, |f| <= 1/2.
        const float Factor = -GeluFactor * 1.44269504f;
        var exponent = x * Vector512.Create(Factor);
        var whole = Avx512F.RoundScale(exponent, 0);
        var f = exponent - whole;
        var power = Vector512.Create(1.52527338e-5f);
        power = Vector512.FusedMultiplyAdd(power, f, Vector512.Create(1.54035304e-4f));
        power = Vector512.FusedMultiplyAdd(power, f, Vector512.Create(1.33335581e-3f));
        power = Vector512.FusedMultiplyAdd(power, f, Vector512.Create(9.61812911e-3f));
        power = Vector512.FusedMultiplyAdd(power, f, Vector512.Create(5.55041087e-2f));
        power = Vector512.FusedMultiplyAdd(power, f, Vector512.Create(0.240226507f));
        power = Vector512.FusedMultiplyAdd(power, f, Vector512.Create(0.693147181f));
        power = Vector512.FusedMultiplyAdd(power, f, Vector512<float>.One);
        return x / (Avx512F.Scale(power, whole) + Vector512<float>.One);
    }

    /// <summary>The bits of the largest magnitude; of those of no number if there is one.</summary>
    static int Largest(float* row, int width)
    {
        // As whole numbers, magnitudes are in the same order, and what is no number is above all.
        var (first, second, magnitude) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512.Create(int.MaxValue));
        var i = 0;
        for (; i <= width - 2 * Lanes; i += 2 * Lanes)
        {
            first = Vector512.Max(first, Vector512.Load(row + i).AsInt32() & magnitude);
            second = Vector512.Max(second, Vector512.Load(row + i + Lanes).AsInt32() & magnitude);
        }

        var largest = Max(Vector512.Max(first, second));
        for (; i < width; i++)
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(row[i]) & int.MaxValue);
        return largest;
    }

    static int Max(Vector512<int> numbers)
    {
        var eight = Vector256.Max(numbers.GetLower(), numbers.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return Math.Max(Math.Max(four[0], four[1]), Math.Max(four[2], four[3]));
    }

    static float Round(float* row, int width, int largest, byte* bytes)
    {
        var magnitude = BitConverter.Int32BitsToSingle(largest);
        var step = (magnitude < Nothing ? Nothing : magnitude) * (1f / ColumnQuantizer.Largest);
        var (steps, whole, zero) = (Vector512.Create(step), Vector512.Create(Whole), Vector512.Create(RoundedRows.Zero).AsInt32());
        var i = 0;
        for (; i <= width - Lanes; i += Lanes)
            Avx512F.ConvertToVector128Byte((Vector512.Load(row + i) / steps + whole).AsInt32() ^ zero).Store(bytes + i);
        for (; i < width; i++)
            bytes[i] = (byte)(BitConverter.SingleToInt32Bits(row[i] / step + Whole) ^ RoundedRows.Zero);
        return step;
    }
}
