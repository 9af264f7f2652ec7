using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Onnx;

/// <summary>Where the tensors of graphs stay between runs: in memory of the processor, or in that of a provider for another device.</summary>
sealed class TensorDevice : IDisposable
{
    readonly BoundGraph? copy;
    readonly OrtAllocator? allocator;
    readonly List<TensorMemory> blocks = [];

    /// <summary>Opens a device.</summary>
    /// <exception cref="DeviceUnavailableException">It is not there.</exception>
    public TensorDevice(EngineOptions engine)
    {
        if (!engine.ActsAsGpu)
            return;
        copy = new BoundGraph(DeviceMemory.Copying(), engine);
        using var place = ProviderMemory.Of(engine.Device);
        try
        {
            allocator = copy.Allocator(place);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Whether its memory is out of the host's sight.</summary>
    public bool Apart => copy is not null;

    /// <summary>Bytes that tensors in its memory should begin at a multiple of.</summary>
    public int Alignment => Apart ? ProviderMemory.Alignment : HostMemory.Alignment;

    /// <summary>Takes memory filled with zeros. It is the device's, and is given back when that is disposed of.</summary>
    /// <param name="bytes">How much, less than 4 GiB on a device of its own.</param>
    public TensorMemory Take(long bytes)
    {
        if (copy is null || allocator is null)
            return Kept(new HostMemory(bytes));
        var memory = Kept(new DeviceMemory(copy, ProviderMemory.Take(allocator, bytes), bytes));
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
