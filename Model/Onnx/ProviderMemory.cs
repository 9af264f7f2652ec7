using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Onnx;

/// <summary>Memory that an execution provider has for tensors which stay between runs.</summary>
static class ProviderMemory
{
    /// <summary>Most bytes of a block: what ONNX Runtime's allocators give in one piece.</summary>
    public const long MostBytes = uint.MaxValue;

    /// <summary>What CUDA's allocator aligns to, and its libraries may choose kernels by.</summary>
    public const int Alignment = 256;

    /// <summary>A device's memory, as the runtime names it.</summary>
    public static OrtMemoryInfo Of(DeviceName device) => device.CudaIndex is { } index
        ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.ArenaAllocator, index, OrtMemType.Default)
        : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);

    /// <summary>Takes a block; what is in it is undefined.</summary>
    /// <exception cref="OnnxRuntimeException">There is not so much.</exception>
    public static OrtMemoryAllocation Take(OrtAllocator allocator, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MostBytes);
        var block = allocator.Allocate((uint)Math.Max(bytes, Alignment));

        // A finalizer might find the allocator finalized before it. What nobody disposes of goes with the provider's session.
        GC.SuppressFinalize(block);
        return block;
    }
}
