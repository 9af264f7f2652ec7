using static MplugCluster.Model.Imaging.Resizing.ResampleAxis;

namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>Plain C#: runs anywhere, and says what the others compute.</summary>
sealed class ScalarKernel : IResampleKernel
{
    const int Half = 1 << (FractionBits - 1);

    public void Horizontal(ResampleAxis axis, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (; destination.Length > 0; source = source[(4 * axis.Inputs)..], destination = destination[(4 * axis.Outputs)..])
            HorizontalRow(axis, source[..(4 * axis.Inputs)], destination);
    }

    static void HorizontalRow(ResampleAxis axis, ReadOnlySpan<byte> row, Span<byte> destination)
    {
        for (int output = 0; output < axis.Outputs; output++)
        {
            var window = row[(4 * axis.Starts[output])..];
            var weights = axis.Weights(output);
            int taps = Math.Min(weights.Length / 2, window.Length / 4); // beyond the row there is only padding
            int red = Half, green = Half, blue = Half, rest = Half;
            for (int tap = 0; tap < taps; tap++)
            {
                int weight = Weight(weights, tap);
                red += window[4 * tap] * weight;
                green += window[4 * tap + 1] * weight;
                blue += window[4 * tap + 2] * weight;
                rest += window[4 * tap + 3] * weight;
            }
            var pixel = destination.Slice(4 * output, 4);
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (Clip(red), Clip(green), Clip(blue), Clip(rest));
        }
    }

    public void Vertical(ReadOnlySpan<byte> rows, ReadOnlySpan<int> offsets, ReadOnlySpan<short> weights, Span<byte> destination)
    {
        for (int column = 0; column < destination.Length; column++)
        {
            int sum = Half;
            for (int tap = 0; tap < offsets.Length; tap++)
                sum += rows[offsets[tap] + column] * Weight(weights, tap);
            destination[column] = Clip(sum);
        }
    }

    static int Weight(ReadOnlySpan<short> weights, int tap)
    {
        int slot = tap / GroupTaps * 2 * GroupTaps + tap % GroupTaps;
        return (weights[slot + GroupTaps] << LowBits) + weights[slot];
    }

    static byte Clip(int sum) => (byte)Math.Clamp(sum >> FractionBits, 0, 255);
}
