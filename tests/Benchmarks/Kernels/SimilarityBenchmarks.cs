using BenchmarkDotNet.Attributes;
using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>Inner products of 192 embeddings of 256 numbers with queries: the fastest kernel here, the one that runs anywhere, and that for 64 queries.</summary>
public unsafe class SimilarityBenchmarks
{
    const int Rows = 192, Width = 256;
    KernelMemory<float> rows = null!, queries = null!, arranged = null!, products = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        (rows, queries) = (new(Rows * Width, () => random.NextSingle() - 0.5f), new(64 * Width, () => random.NextSingle() - 0.5f));
        (arranged, products) = (new(64 * Width), new(64 * Rows));
        Avx512BatchKernel.Arrange(queries.First, Width, arranged.First);
    }

    [Benchmark(Baseline = true)]
    public void OneScalar() => Multiply(SimilarityKernels.Supported[^1], 1);

    [Benchmark]
    public void One() => Multiply(SimilarityKernels.Supported[0], 1);

    [Benchmark]
    public void Eight() => Multiply(SimilarityKernels.Supported[0], 8);

    [Benchmark]
    public void SixtyFour() => Multiply(SimilarityKernels.Supported[0], 64);

    [Benchmark]
    public void SixtyFourByBatch()
    {
        for (var row = 0; row < Rows; row += Avx512BatchKernel.Rows)
            Avx512BatchKernel.Multiply(rows.First + row * Width, Width, arranged.First, products.First);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        rows.Dispose();
        queries.Dispose();
        arranged.Dispose();
        products.Dispose();
    }

    void Multiply(ISimilarityKernel kernel, int count) => kernel.Multiply(rows.First, Rows, Width, queries.First, count, products.First, Rows);
}
