using System.Runtime.InteropServices;
using MplugCluster.Model.Checkpoints.Pickle;

namespace MplugCluster.Model.Checkpoints;

/// <summary>
/// Writes a file that <c>torch.load</c> reads, and so does this project: a state dict in PyTorch's zip format. Tensors go to disk as they come;
/// only their names are kept until the end.
/// </summary>
/// <remarks>Source: pytorch/pytorch torch/serialization.py _save.</remarks>
public sealed class PyTorchCheckpointWriter : IDisposable
{
    const string Root = "archive";

    readonly StoredZipWriter zip;
    readonly IReadOnlyList<string> wrappers;
    readonly Dictionary<string, PickledTensor> tensors = new(StringComparer.Ordinal);
    int storages;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <param name="wrappers">Names of dictionaries around the state dict, outermost first. Default: none.</param>
    public PyTorchCheckpointWriter(string path, params IReadOnlyList<string> wrappers)
    {
        zip = new StoredZipWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20));
        this.wrappers = wrappers;
    }

    /// <summary>Adds a float32 tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape; empty for a scalar.</param>
    /// <param name="values">Its numbers in C order.</param>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
    {
        var strides = new long[shape.Length];
        long count = 1;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = count;
            count *= shape[axis];
        }

        if (count != values.Length)
            throw new ArgumentException($"'{name}' has {values.Length} numbers, its shape {count}.", nameof(values));
        AddView(name, new PickledTensor(
            AddStorage(ElementType.Float32, MemoryMarshal.AsBytes(values)), 0, [.. shape.ToArray().Select(size => (long)size)], strides));
    }

    /// <summary>Ends the file.</summary>
    public void Dispose()
    {
        zip.Add($"{Root}/data.pkl", StateDictPickler.Write(tensors, wrappers));
        zip.Add($"{Root}/byteorder", "little"u8);
        zip.Add($"{Root}/version", "3\n"u8);
        zip.Dispose();
    }

    /// <summary>Adds the bytes that one or more tensors lie in.</summary>
    internal PickledStorage AddStorage(ElementType type, ReadOnlySpan<byte> bytes)
    {
        var storage = new PickledStorage(type, $"{storages++}", bytes.Length / TensorBytes.Size(type));
        zip.Add($"{Root}/data/{storage.Key}", bytes);
        return storage;
    }

    /// <summary>Adds a tensor of any type and strides within a storage.</summary>
    internal void AddView(string name, PickledTensor tensor) => tensors.Add(name, tensor);
}
