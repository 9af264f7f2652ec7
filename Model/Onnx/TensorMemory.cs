using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// A block of memory that graphs read and write where it lies. Tensors are views of it, so that many small ones can also be treated as one long one.
/// </summary>
sealed unsafe class TensorMemory : IDisposable
{
    /// <summary>Views begin on a cache line.</summary>
    public const int Alignment = 64;

    readonly void* memory;
    readonly Dictionary<(long Offset, OnnxType Type, string Shape), BoundTensor> views = [];

    /// <summary>Takes memory filled with zeros.</summary>
    /// <param name="bytes">How much.</param>
    public TensorMemory(long bytes)
    {
        Bytes = bytes;
        memory = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), Alignment);
        NativeMemory.Clear(memory, (nuint)bytes);
    }

    /// <summary>Size.</summary>
    public long Bytes { get; }

    /// <summary>A tensor that lies in this memory; it lives as long as the memory does, and is made once.</summary>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Sizes; empty for a single number.</param>
    public BoundTensor View(long offset, OnnxType type, params ReadOnlySpan<int> shape)
    {
        var key = (offset, type, string.Join(',', shape.ToArray()));
        if (views.TryGetValue(key, out var known))
            return known;
        var sizes = new long[shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
            sizes[axis] = shape[axis];
        var bytes = sizes.Aggregate(type == OnnxType.Int64 ? sizeof(long) : (long)sizeof(float), (product, size) => product * size);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + bytes, Bytes);
        var value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            (TensorElementType)(int)type,
            sizes,
            (nint)((byte*)memory + offset),
            bytes);
        return views[key] = new BoundTensor(value);
    }

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
    public void Dispose()
    {
        foreach (var view in views.Values)
            view.Value.Dispose();
        views.Clear();
        NativeMemory.AlignedFree(memory);
    }
}
