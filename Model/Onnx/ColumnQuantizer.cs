using System.Numerics.Tensors;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// Rounds the linear layers of an int8 package. Each output channel has a step of its own, its largest weight being 127 steps: the layer's
/// channels differ in size by more than eight bits could hold. Zero is zero, so that the runtime needs no correction for it.
/// </summary>
static class ColumnQuantizer
{
    /// <summary>The largest whole number; -128 is not used, so that a weight and its negative round alike.</summary>
    public const int Largest = 127;

    /// <summary>The step of every output channel.</summary>
    /// <param name="rows">A linear layer as checkpoints have it, <c>[to, from]</c>.</param>
    /// <param name="to">Output channels.</param>
    public static float[] Steps(ReadOnlySpan<float> rows, int to)
    {
        var (steps, width) = (new float[to], rows.Length / to);
        for (var row = 0; row < to; row++)
        {
            var largest = Math.Abs(TensorPrimitives.MaxMagnitude(rows.Slice(row * width, width)));

            // A channel of zeros has no size; any step will do.
            steps[row] = largest > 0 ? largest / Largest : 1;
        }

        return steps;
    }

    /// <summary>The rounded layer, transposed as graphs read it: <c>[from, to]</c>.</summary>
    public static sbyte[] Round(ReadOnlySpan<float> rows, int to)
    {
        var (steps, width) = (Steps(rows, to), rows.Length / to);
        var whole = new sbyte[rows.Length];
        for (var row = 0; row < to; row++)
        {
            for (var column = 0; column < width; column++)
                whole[column * to + row] = (sbyte)Math.Clamp(MathF.Round(rows[row * width + column] / steps[row]), -Largest, Largest);
        }

        return whole;
    }
}
