using BenchmarkDotNet.Attributes;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>The bytes of a picture of 384 x 384 to the encoder's numbers, and the same by tables.</summary>
public class NormalizationBenchmarks
{
    const int Plane = 384 * 384;
    readonly byte[] pixels = new byte[4 * Plane];
    readonly float[] planes = new float[3 * Plane];

    [GlobalSetup]
    public void Setup() => new Random(1).NextBytes(pixels);

    [Benchmark]
    public void Vectors() => ChannelNormalization.Apply(pixels, planes);

    [Benchmark(Baseline = true)]
    public void Tables() =>
        ChannelNormalization.ApplyTables(pixels, planes.AsSpan(0, Plane), planes.AsSpan(Plane, Plane), planes.AsSpan(2 * Plane, Plane));
}
