using System.Numerics.Tensors;
using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>
/// A query as 16-bit numbers, and what its similarities to 8-bit rows may be wrong by. With q = t b + f and a row x = s a + e,
/// q x = s t (a b) + q e + f (s a), where |q e| is at most |q| |e| and |f (s a)| at most |f| |s a|.
/// </summary>
sealed class QuantizedQuery
{
    /// <summary>Roundings of the float32 arithmetic beside the sums' own, here and in the canonical product, in units of the last place.</summary>
    const int OtherRoundings = 32;

    const float Unit = 1f / (1 << 24);

    readonly double residual;
    readonly int width;

    public QuantizedQuery(ReadOnlySpan<float> query, int stride)
    {
        width = query.Length;
        Values = new short[stride];
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(query));
        IsFinite = float.IsFinite(largest);
        if (!IsFinite)
            return;

        // The products' sum over a row must fit 32 bits.
        var steps = (int)Math.Min(short.MaxValue, int.MaxValue / (127L * stride));
        Scale = largest / steps;
        var inverse = Scale > 0 && float.IsFinite(1 / Scale) ? 1 / Scale : 0;
        double norm = 0;
        for (var i = 0; i < query.Length; i++)
        {
            Values[i] = (short)Math.Clamp(MathF.Round(query[i] * inverse), -steps, steps);
            var off = query[i] - (double)Scale * Values[i];
            residual += off * off;
            norm += (double)query[i] * query[i];
        }

        residual = Math.Sqrt(residual) * (1 + 1e-6);
        Norm = MathF.BitIncrement((float)(Math.Sqrt(norm) * (1 + 1e-6)));
    }

    /// <summary>Whether all its numbers are numbers; else nothing is known of its similarities.</summary>
    public bool IsFinite { get; }

    /// <summary>Numbers, as many as a row's, zeros at the end; all zeros if it is not finite.</summary>
    public short[] Values { get; }

    /// <summary>What they are multiplied by.</summary>
    public float Scale { get; }

    /// <summary>Length of the query: what a row's error is multiplied by.</summary>
    public float Norm { get; }

    /// <summary>What a similarity may be wrong by apart from the row's own error.</summary>
    public float Slack(QuantizedRows rows) => IsFinite
        ? MathF.BitIncrement((float)(residual * rows.LargestNorm
            + (width / SimilarityKernels.Lanes + OtherRoundings) * Unit * (Norm + residual) * rows.LargestNorm))
        : float.PositiveInfinity;
}
