using BenchmarkDotNet.Attributes;
using MplugCluster.Grains.Corpora.Search;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>Choosing the best: thresholds over 64 numbers, and the 256 smallest of 576 keys.</summary>
public unsafe class TopKBenchmarks
{
    readonly ulong[] keys = new ulong[576], work = new ulong[576];
    KernelMemory<float> numbers = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        numbers = new(64, random.NextSingle);
        for (var i = 0; i < keys.Length; i++)
            keys[i] = (ulong)random.NextInt64();
    }

    [Benchmark]
    public ulong AllBelow() => TopK.Below(numbers.First, 2);

    [Benchmark]
    public ulong SomeBelow() => TopK.Below(numbers.First, 0.9f);

    [Benchmark]
    public ulong Selected()
    {
        keys.CopyTo(work, 0);
        Selection.Smallest(work.AsSpan(), 256);
        return work[255];
    }

    [Benchmark(Baseline = true)]
    public ulong Sorted()
    {
        keys.CopyTo(work, 0);
        Array.Sort(work);
        return work[255];
    }

    [GlobalCleanup]
    public void Cleanup() => numbers.Dispose();
}
