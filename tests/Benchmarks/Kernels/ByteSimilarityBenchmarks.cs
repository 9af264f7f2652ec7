using BenchmarkDotNet.Attributes;
using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>Inner products of 256 rows of bytes with a query and with eight.</summary>
public unsafe class ByteSimilarityBenchmarks
{
    const int Rows = 256, Stride = 256;
    static readonly int Blocks = Rows / ByteKernels.RowsAtOnce;
    KernelMemory<sbyte> rows = null!;
    KernelMemory<short> queries = null!;
    KernelMemory<int> products = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        (rows, queries, products) = (new(Rows * Stride, () => (sbyte)random.Next(-127, 128)), new(8 * Stride, () => (short)random.Next(-3000, 3000)), new(8 * Rows));
    }

    [Benchmark(Baseline = true)]
    public void ScalarOne() => ByteKernels.Supported[^1].One(rows.First, Blocks, Stride, queries.First, products.First);

    [Benchmark]
    public void One() => ByteKernels.Fastest.One(rows.First, Blocks, Stride, queries.First, products.First);

    [Benchmark]
    public void Eight() => ByteKernels.Fastest.Eight(rows.First, Blocks, Stride, queries.First, products.First, Rows);

    [GlobalCleanup]
    public void Cleanup()
    {
        rows.Dispose();
        queries.Dispose();
        products.Dispose();
    }
}
