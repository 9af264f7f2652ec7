using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>
/// One picture's tokens <c>[image tokens, hidden]</c>, row by row, kept in the precision of their package. They are widened only where a
/// batch of the pair scorer is built, so memory and disk pay for what is kept.
/// </summary>
public sealed class ImageTokens
{
    readonly float[]? singles;
    readonly Half[]? halves;

    /// <summary>Tokens as they are; the array must not change any more.</summary>
    public ImageTokens(float[] numbers) => singles = numbers;

    ImageTokens(Half[] numbers) => halves = numbers;

    /// <summary>Number format.</summary>
    public FeaturePrecision Precision => halves is null ? FeaturePrecision.Fp32 : FeaturePrecision.Fp16;

    /// <summary>How many numbers.</summary>
    public int Count => halves?.Length ?? singles!.Length;

    /// <summary>The numbers as they are kept, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => halves is null ? MemoryMarshal.AsBytes<float>(singles) : MemoryMarshal.AsBytes<Half>(halves);

    /// <summary>Copies what an encoder computed, rounded to a precision (to the nearest, ties to even).</summary>
    public static ImageTokens Rounded(ReadOnlySpan<float> numbers, FeaturePrecision precision)
    {
        if (precision == FeaturePrecision.Fp32)
            return new ImageTokens(numbers.ToArray());
        var halves = new Half[numbers.Length];
        TensorPrimitives.ConvertToHalf(numbers, halves);
        return new ImageTokens(halves);
    }

    /// <summary>Copies kept numbers: the inverse of <see cref="Bytes"/>.</summary>
    public static ImageTokens FromBytes(ReadOnlySpan<byte> bytes, FeaturePrecision precision) => precision == FeaturePrecision.Fp16
        ? new ImageTokens(MemoryMarshal.Cast<byte, Half>(bytes).ToArray())
        : new ImageTokens(MemoryMarshal.Cast<byte, float>(bytes).ToArray());

    /// <summary>The numbers as fp32, exactly. For fp32 tokens the array that is kept, which must not be written to.</summary>
    public float[] ToSingles()
    {
        if (singles is not null)
            return singles;
        var wide = new float[Count];
        CopyTo(wide);
        return wide;
    }

    /// <summary>Writes the numbers as fp32, exactly.</summary>
    public void CopyTo(Span<float> target)
    {
        if (halves is null)
            singles.CopyTo(target);
        else
            TensorPrimitives.ConvertToSingle(halves, target);
    }
}
