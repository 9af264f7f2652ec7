using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>A block of a device's memory, and the tensors that lie in it; they go with it.</summary>
sealed class DeviceBlock : IDisposable
{
    readonly OrtMemoryInfo device;
    readonly OrtMemoryAllocation memory;
    readonly List<OrtValue> views = [];

    /// <summary>Takes the memory; what is in it is undefined.</summary>
    /// <param name="allocator">Where from.</param>
    /// <param name="device">How the runtime names it.</param>
    /// <param name="bytes">How much.</param>
    /// <exception cref="OnnxRuntimeException">There is not so much.</exception>
    public DeviceBlock(OrtAllocator allocator, OrtMemoryInfo device, long bytes) =>
        (this.device, memory, Bytes) = (device, ProviderMemory.Take(allocator, bytes), bytes);

    /// <summary>Size.</summary>
    public long Bytes { get; }

    /// <summary>A tensor that begins somewhere in the block.</summary>
    public OrtValue View(long offset, TensorElementType type, params long[] shape)
    {
        var bytes = shape.Aggregate(SizeOf(type), (product, size) => product * size);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + bytes, Bytes);
        var view = OrtValue.CreateTensorValueWithData(device, type, shape, (nint)(memory.DangerousGetHandle() + offset), bytes);
        views.Add(view);
        return view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in views)
            view.Dispose();
        views.Clear();
        memory.Dispose();
    }

    static long SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float16 => 2,
        TensorElementType.Float => sizeof(float),
        TensorElementType.Int64 => sizeof(long),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No tensor of this type lies on a device."),
    };
}
