using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// Memory of the host for what goes to a device or comes from it, run after run: memory that is new for every run has to be cleared by the system first.
/// For a GPU it is pinned. Used from one thread at a time.
/// </summary>
/// <remarks>
/// It is not the runtime's own pinned memory: kernels would write their output there themselves, and giving it back to a GPU that has failed ends the
/// process.
/// </remarks>
/// <param name="device">The device.</param>
sealed unsafe class HostBuffer(DeviceName device) : IDisposable
{
    void* memory;
    long bytes;
    bool pinned;

    /// <summary>A tensor in this memory; the next one takes its place.</summary>
    /// <param name="type">Type of its elements: fp32 or fp16.</param>
    /// <param name="shape">Sizes.</param>
    public OrtValue Tensor(OnnxType type, params long[] shape)
    {
        var size = shape.Aggregate(type == OnnxType.Half ? 2L : sizeof(float), (product, size) => product * size);
        if (size > bytes)
        {
            Dispose();
            var pages = (size + PinnedPages.Alignment - 1) / PinnedPages.Alignment * PinnedPages.Alignment;
            memory = NativeMemory.AlignedAlloc((nuint)pages, PinnedPages.Alignment);
            bytes = pages;
            pinned = device.CudaIndex is { } index && PinnedPages.TryPin(index, memory, pages);
        }

        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)(int)type, shape, (nint)memory, size);
    }

    /// <summary>A stretch of the memory, as long as no larger tensor is asked for.</summary>
    /// <param name="offset">Where it begins, in elements.</param>
    /// <param name="count">How many elements.</param>
    public Span<T> Numbers<T>(long offset, int count) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((offset + count) * sizeof(T), bytes);
        return new((T*)memory + offset, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (pinned)
            PinnedPages.Release(memory);
        NativeMemory.AlignedFree(memory);
        memory = null;
        bytes = 0;
        pinned = false;
    }
}
