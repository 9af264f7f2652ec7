using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MplugCluster.Model.Onnx;

/// <summary>
/// A block of memory on a device that graphs read and write where it lies. Tensors are views of it, so that many small ones can also be treated as one
/// long one. The host copies numbers to and from it; only <see cref="HostMemory"/> can be looked at where it lies.
/// </summary>
abstract class TensorMemory(OrtMemoryInfo place, nint address, long bytes) : IDisposable
{
    /// <summary>Bytes that are copied at a time: what a copy takes of a device's memory for itself stays small.</summary>
    const int Part = 1 << 26;

    readonly Dictionary<(long Offset, OnnxType Type, string Shape), BoundTensor> views = [];
    bool freed;

    /// <summary>Size.</summary>
    public long Bytes => bytes;

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
        var size = sizes.Aggregate(type == OnnxType.Int64 ? sizeof(long) : (long)sizeof(float), (product, size) => product * size);
        return views[key] = new BoundTensor(Value(offset, type, sizes, size));
    }

    /// <summary>Copies numbers to the host.</summary>
    /// <param name="offset">Where they begin, in bytes.</param>
    /// <param name="numbers">Where they go.</param>
    public void Read<T>(long offset, Span<T> numbers) where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        for (var done = 0; done < numbers.Length; done += Part / size)
            ReadBytes(offset + (long)done * size, MemoryMarshal.AsBytes(numbers[done..Math.Min(numbers.Length, done + Part / size)]));
    }

    /// <summary>Copies numbers from the host.</summary>
    /// <param name="offset">Where they go, in bytes.</param>
    /// <param name="numbers">The numbers.</param>
    public void Write<T>(long offset, ReadOnlySpan<T> numbers) where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        for (var done = 0; done < numbers.Length; done += Part / size)
            WriteBytes(offset + (long)done * size, MemoryMarshal.AsBytes(numbers[done..Math.Min(numbers.Length, done + Part / size)]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (freed)
            return;
        freed = true;
        foreach (var view in views.Values)
            view.Value.Dispose();
        views.Clear();
        Free();
    }

    /// <summary>Copies bytes to the host.</summary>
    protected abstract void ReadBytes(long offset, Span<byte> target);

    /// <summary>Copies bytes from the host.</summary>
    protected abstract void WriteBytes(long offset, ReadOnlySpan<byte> source);

    /// <summary>Gives the memory back.</summary>
    protected abstract void Free();

    /// <summary>A stretch of this memory as a tensor.</summary>
    protected OrtValue Value(long offset, OnnxType type, long[] shape, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + size, bytes);
        return OrtValue.CreateTensorValueWithData(place, (TensorElementType)(int)type, shape, address + (nint)offset, size);
    }
}
