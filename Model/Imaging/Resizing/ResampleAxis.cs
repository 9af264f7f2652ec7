using System.Buffers;

namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>
/// For one axis: which input pixels make up each output pixel, and with what fixed-point weights. Weights are 22-bit fractions, bit-equal to Pillow's,
/// in groups of four taps: four low halves (15 bits, never negative), then four high halves, so that 16-bit multiply-adds give the exact 32-bit sum
/// <c>(high &lt;&lt; 15) + low</c>. Windows are padded to whole groups with weight 0.
/// Source: python-pillow/Pillow 9.4.0 src/libImaging/Resample.c bicubic_filter, precompute_coeffs, normalize_coeffs_8bpc.
/// </summary>
sealed class ResampleAxis : IDisposable
{
    public const int FractionBits = 22;
    public const int LowBits = 15;
    public const int GroupTaps = 4;

    const double FilterSupport = 2.0;

    readonly int[] startTable;
    readonly int[] groupTable;
    readonly short[] weightTable;
    readonly int stride;

    /// <param name="inputs">Input pixels along the axis.</param>
    /// <param name="outputs">Output pixels along the axis.</param>
    /// <param name="mirrored">The input arrives back to front: taps are mirrored, which is not the same as computing weights for the mirrored position.</param>
    public ResampleAxis(int inputs, int outputs, bool mirrored)
    {
        (Inputs, Outputs, IsMirrored) = (inputs, outputs, mirrored);
        double scale = (double)inputs / outputs;
        double filterScale = Math.Max(scale, 1.0);
        double support = FilterSupport * filterScale;
        int maxTaps = (int)Math.Ceiling(support) * 2 + 1;
        stride = Groups(maxTaps) * 2 * GroupTaps;
        startTable = ArrayPool<int>.Shared.Rent(outputs);
        groupTable = ArrayPool<int>.Shared.Rent(outputs);
        weightTable = ArrayPool<short>.Shared.Rent(checked(outputs * stride));
        Array.Clear(weightTable, 0, outputs * stride);

        var taps = ArrayPool<double>.Shared.Rent(maxTaps);
        for (int output = 0; output < outputs; output++)
            SetWindow(output, scale, support, 1.0 / filterScale, taps);
        ArrayPool<double>.Shared.Return(taps);
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public bool IsMirrored { get; }

    /// <summary>The widest window, in input pixels, padding included: it may exceed <see cref="Inputs"/>.</summary>
    public int MaxWindow { get; private set; }

    /// <summary>Size of the table of weights.</summary>
    public int WeightBytes => Outputs * stride * sizeof(short);

    /// <summary>First input pixel of each output pixel's window.</summary>
    public ReadOnlySpan<int> Starts => startTable.AsSpan(0, Outputs);

    /// <summary>Number of four-tap groups of each window.</summary>
    public ReadOnlySpan<int> GroupCounts => groupTable.AsSpan(0, Outputs);

    /// <summary>Weights of one output pixel: eight numbers per group.</summary>
    public ReadOnlySpan<short> Weights(int output) => weightTable.AsSpan(output * stride, groupTable[output] * 2 * GroupTaps);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(startTable);
        ArrayPool<int>.Shared.Return(groupTable);
        ArrayPool<short>.Shared.Return(weightTable);
    }

    // The order of the floating-point operations is Pillow's: another order changes some weights by one.
    void SetWindow(int output, double scale, double support, double inverseFilterScale, double[] taps)
    {
        double center = (output + 0.5) * scale;
        int first = Math.Max(0, (int)(center - support + 0.5));
        int count = Math.Min(Inputs, (int)(center + support + 0.5)) - first;
        double sum = 0;
        for (int tap = 0; tap < count; tap++)
        {
            taps[tap] = Bicubic((tap + first - center + 0.5) * inverseFilterScale);
            sum += taps[tap];
        }

        int groups = Groups(count);
        int start = IsMirrored ? Inputs - first - count : first;
        int lead = start - Math.Max(0, Math.Min(start, Inputs - groups * GroupTaps)); // pad in front where there is no room behind
        (startTable[output], groupTable[output]) = (start - lead, groups);
        MaxWindow = Math.Max(MaxWindow, groups * GroupTaps);

        var weights = weightTable.AsSpan(output * stride, groups * 2 * GroupTaps);
        for (int tap = 0; tap < count; tap++)
        {
            double share = (sum != 0 ? taps[tap] / sum : taps[tap]) * (1 << FractionBits);
            int weight = (int)(share < 0 ? share - 0.5 : share + 0.5);
            int at = lead + (IsMirrored ? count - 1 - tap : tap);
            int slot = at / GroupTaps * 2 * GroupTaps + at % GroupTaps;
            weights[slot] = (short)(weight & ((1 << LowBits) - 1));
            weights[slot + GroupTaps] = (short)(weight >> LowBits);
        }
    }

    static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x < 1.0 ? ((a + 2.0) * x - (a + 3.0)) * x * x + 1
            : x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a
            : 0.0;
    }

    static int Groups(int taps) => (taps + GroupTaps - 1) / GroupTaps;
}
