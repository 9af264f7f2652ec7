using System.Runtime.InteropServices;

namespace MplugCluster.Benchmarks.Kernels;

/// <summary>Numbers for kernels, where a line of the cache begins.</summary>
sealed unsafe class KernelMemory<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Room, with numbers in it if there is something that makes them.</summary>
    public KernelMemory(int count, Func<T>? make = null)
    {
        First = (T*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), 64);
        var numbers = new Span<T>(First, count);
        numbers.Clear();
        for (var i = 0; make is not null && i < count; i++)
            numbers[i] = make();
    }

    public T* First { get; }

    public void Dispose() => NativeMemory.AlignedFree(First);
}
