using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Onnx;

/// <summary>Where the tensors of graphs stay between runs: in memory of the processor, or in that of a provider for another device.</summary>
sealed class TensorDevice : IDisposable
{
    /// <summary>What CUDA's allocator aligns to, and its libraries may choose kernels by.</summary>
    const int ProviderAlignment = 256;

    readonly BoundGraph? copy;
    readonly OrtAllocator? allocator;
    readonly List<TensorMemory> blocks = [];

    /// <summary>Opens a device.</summary>
    /// <exception cref="DeviceUnavailableException">It is not there.</exception>
    public TensorDevice(EngineOptions engine)
    {
        if (engine.Device.CudaIndex is null && !engine.Apart)
            return;
        copy = new BoundGraph(DeviceMemory.Copying(), engine);
        using var place = engine.Device.CudaIndex is { } index
            ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.ArenaAllocator, index, OrtMemType.Default)
            : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        allocator = copy.Allocator(place);
    }

    /// <summary>Whether its memory is out of the host's sight.</summary>
    public bool Apart => copy is not null;

    /// <summary>Bytes that tensors in its memory should begin at a multiple of.</summary>
    public int Alignment => Apart ? ProviderAlignment : HostMemory.Alignment;

    /// <summary>Takes memory filled with zeros. It is the device's, and is given back when that is disposed of.</summary>
    /// <param name="bytes">How much, less than 4 GiB on a device of its own.</param>
    public TensorMemory Take(long bytes)
    {
        if (copy is null || allocator is null)
            return Kept(new HostMemory(bytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, uint.MaxValue);
        var block = allocator.Allocate((uint)Math.Max(bytes, ProviderAlignment));

        // A finalizer might find the allocator finalized before it. What nobody disposes of goes with the provider's session.
        GC.SuppressFinalize(block);
        var memory = Kept(new DeviceMemory(copy, block, bytes));
        memory.Clear();
        return memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        blocks.ForEach(block => block.Dispose());
        allocator?.Dispose();
        copy?.Dispose();
    }

    T Kept<T>(T memory) where T : TensorMemory
    {
        blocks.Add(memory);
        return memory;
    }
}
