using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Benchmarks;

/// <summary>What the machine can do at most, just now.</summary>
static unsafe class PeakMeter
{
    const int Steps = 10_000_000;
    const int Accumulators = 12;

    static float kept;

    /// <summary>Reads the embeddings of segments, without doing anything with them.</summary>
    public static void Read(MappedSegment[] segments, int threads) => Run(threads, thread =>
    {
        for (var i = thread; i < segments.Length; i += threads)
        {
            var embeddings = segments[i].Embeddings;
            fixed (float* first = embeddings)
                Read(first, embeddings.Length);
        }
    });

    /// <summary>Reads memory of its own, much more than the caches hold, on one thread.</summary>
    /// <param name="bytes">How much a call reads.</param>
    public static Action Reader(out long bytes)
    {
        const int Numbers = 64 << 20;
        var memory = GC.AllocateUninitializedArray<float>(Numbers, pinned: true);

        // Pages that were never written are all the same one.
        Array.Fill(memory, 1);
        bytes = sizeof(float) * (long)Numbers;
        return () =>
        {
            fixed (float* first = memory)
                Read(first, Numbers);
        };
    }

    /// <summary>Fused multiply-adds of registers, of each thread the same number.</summary>
    public static void MultiplyAdd(int threads) => Run(threads, _ => MultiplyAdd());

    /// <summary>Floating-point operations that <see cref="MultiplyAdd(int)"/> does.</summary>
    public static double Flops(int threads) => 2.0 * Vector512<float>.Count * Accumulators * Steps * threads;

    static void Run(int threads, Action<int> work)
    {
        var others = Enumerable.Range(1, threads - 1).Select(i => new Thread(() => work(i))).ToArray();
        foreach (var other in others)
            other.Start();
        work(0);
        foreach (var other in others)
            other.Join();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Read(float* first, int count)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        for (var at = first; at + 64 <= first + count; at += 64)
        {
            a ^= Vector512.Load((int*)at);
            b ^= Vector512.Load((int*)(at + 16));
            c ^= Vector512.Load((int*)(at + 32));
            d ^= Vector512.Load((int*)(at + 48));
        }

        Keep((a ^ b ^ c ^ d).AsSingle());
    }

    /// <summary>Twelve chains that begin differently, lest the compiler make one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MultiplyAdd()
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-3f), one = Vector512<float>.One;
        Vector512<float> a = one, b = 2 * one, c = 3 * one, d = 4 * one, e = 5 * one, f = 6 * one;
        Vector512<float> g = 7 * one, h = 8 * one, i = 9 * one, j = 10 * one, k = 11 * one, l = 12 * one;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        Keep(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    static void Keep(Vector512<float> result)
    {
        var numbers = stackalloc float[Vector512<float>.Count];
        result.Store(numbers);
        Volatile.Write(ref kept, numbers[Random.Shared.Next(Vector512<float>.Count)]);
    }
}
