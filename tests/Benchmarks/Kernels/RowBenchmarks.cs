using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using MplugCluster.Model.Onnx.Rows;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>What int8 graphs do with a row between products; beside the GELU alone, by TensorPrimitives.</summary>
public unsafe class RowBenchmarks
{
    KernelMemory<float> product = null!, bias = null!, other = null!, room = null!;
    KernelMemory<byte> bytes = null!;

    [Params(1024, 4096)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        if (!RowKernels.IsSupported)
            throw new NotSupportedException("These kernels are for processors with AVX-512.");
        var random = new Random(1);
        (product, bias, other) = (new(Width, () => 600 * (random.NextSingle() - 0.5f)), new(Width, random.NextSingle), new(Width, random.NextSingle));
        (room, bytes) = (new(Width), new(Width));
    }

    [Benchmark]
    public float Round() => RowKernels.Round(product.First, Width, bytes.First);

    [Benchmark]
    public void Restore() => RowKernels.Restore(product.First, Width, 0.01f, bias.First, room.First);

    [Benchmark]
    public void RestoreAdd() => RowKernels.RestoreAdd(product.First, Width, 0.01f, bias.First, other.First, room.First);

    [Benchmark]
    public float RestoreGeluRound() => RowKernels.RestoreGeluRound(product.First, Width, 0.01f, bias.First, room.First, bytes.First);

    [Benchmark(Baseline = true)]
    public void PlainGelu()
    {
        ReadOnlySpan<float> x = new(bias.First, Width);
        Span<float> y = new(room.First, Width);
        TensorPrimitives.Multiply(x, 1.702f, y);
        TensorPrimitives.Sigmoid(y, y);
        TensorPrimitives.Multiply(x, y, y);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        product.Dispose();
        bias.Dispose();
        other.Dispose();
        room.Dispose();
        bytes.Dispose();
    }
}
