using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Model.Inference.Resident;

/// <summary>
/// Memory of the host for what goes to a device or comes from it, run after run: memory that is new for every run has to be cleared by the system first.
/// For a GPU it is pinned. One thread at a time asks for tensors; any may then look at their numbers.
/// </summary>
/// <remarks>
/// It is not the pinned memory that the runtime itself has: kernels would write their output there, and giving that memory back to a GPU that has failed
/// ends the process.
/// </remarks>
/// <param name="device">The device.</param>
sealed unsafe class HostBuffer(DeviceName device) : IDisposable
{
    /// <summary>Threads that copy at a time: one does not fill the memory's bandwidth, and the pool's others belong to grains and probes.</summary>
    const int CopyingThreads = 4;

    void* memory;
    long bytes;
    bool pinned;

    /// <summary>A tensor in this memory; the next one takes its place.</summary>
    /// <param name="type">Type of its elements: fp32 or fp16.</param>
    /// <param name="shape">Sizes.</param>
    public OrtValue Tensor(OnnxType type, params long[] shape)
    {
        var needed = shape.Aggregate(type == OnnxType.Half ? 2L : sizeof(float), (product, axis) => product * axis);
        if (needed > bytes)
        {
            Dispose();
            var pages = (needed + PinnedPages.Alignment - 1) / PinnedPages.Alignment * PinnedPages.Alignment;
            memory = NativeMemory.AlignedAlloc((nuint)pages, PinnedPages.Alignment);
            bytes = pages;
            pinned = device.CudaIndex is { } index && PinnedPages.TryPin(index, memory, pages);
        }

        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)(int)type, shape, (nint)memory, needed);
    }

    /// <summary>A stretch of the memory, as long as no larger tensor is asked for.</summary>
    /// <param name="offset">Where it begins, in elements.</param>
    /// <param name="count">How many elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public Span<T> Numbers<T>(long offset, int count) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((offset + count) * sizeof(T), bytes);
        return new((T*)memory + offset, count);
    }

    /// <summary>Copies several parts side by side.</summary>
    /// <param name="count">How many.</param>
    /// <param name="copy">Copies one of them.</param>
    public static void Copy(int count, Action<int> copy) => SideBySide.Run(count, CopyingThreads, copy);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!pinned || PinnedPages.TryRelease(device.CudaIndex!.Value, memory))
            NativeMemory.AlignedFree(memory);
        memory = null;
        bytes = 0;
        pinned = false;
    }
}
