using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// Memory of the processor, which the host sees where it lies. A graph on another device takes it as well: an input is copied there when it is bound,
/// an output is copied here after the run.
/// </summary>
sealed unsafe class HostMemory : TensorMemory
{
    /// <summary>Views begin on a cache line.</summary>
    public const int Alignment = 64;

    readonly void* memory;

    /// <summary>Takes memory filled with zeros.</summary>
    /// <param name="bytes">How much.</param>
    public HostMemory(long bytes)
        : this(NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), Alignment), bytes) => NativeMemory.Clear(memory, (nuint)bytes);

    HostMemory(void* memory, long bytes)
        : base(OrtMemoryInfo.DefaultInstance, (nint)memory, bytes) => this.memory = memory;

    /// <summary>The numbers from an offset on.</summary>
    /// <param name="offset">Where they begin, in bytes.</param>
    /// <param name="count">How many.</param>
    public Span<T> Span<T>(long offset, int count) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (long)count * sizeof(T), Bytes);
        return new((byte*)memory + offset, count);
    }

    /// <inheritdoc/>
    protected override void ReadBytes(long offset, Span<byte> target) => Span<byte>(offset, target.Length).CopyTo(target);

    /// <inheritdoc/>
    protected override void WriteBytes(long offset, ReadOnlySpan<byte> source) => source.CopyTo(Span<byte>(offset, source.Length));

    /// <inheritdoc/>
    protected override void Free() => NativeMemory.AlignedFree(memory);
}
