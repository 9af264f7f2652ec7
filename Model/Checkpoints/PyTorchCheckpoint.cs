using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using MplugCluster.Model.Checkpoints.Pickle;

namespace MplugCluster.Model.Checkpoints;

/// <summary>A PyTorch zip file (<c>.bin</c>, <c>.pth</c>, <c>.pt</c>): the tensors of its state dict, read on demand.</summary>
/// <remarks>Source: pytorch/pytorch torch/serialization.py _save, _load (the file's layout).</remarks>
sealed class PyTorchCheckpoint : ICheckpointFile
{
    /// <summary>Elements of a tensor that repeats those of its storage (stride 0, as position_ids may be).</summary>
    const int MaxRepeated = 1 << 20;

    const int MaxPickleBytes = 16 << 20;

    readonly StorageFile file;
    readonly IReadOnlyDictionary<string, StoredMember> members;
    readonly string root;
    readonly Dictionary<string, PickledTensor> tensors;

    public PyTorchCheckpoint(StorageFile file)
    {
        this.file = file;
        members = StoredZip.Read(file);
        var pickle = members.Keys.FirstOrDefault(name => name.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new CheckpointException($"'{file.Path}' is a zip file, but not one of PyTorch's: it has no data.pkl.");
        root = pickle[..^"data.pkl".Length];
        if (members.TryGetValue($"{root}byteorder", out var order) && Encoding.ASCII.GetString(ReadAll(order)) is not "little" and var found)
            throw new CheckpointException($"'{file.Path}' was written with byte order '{found}'; only little-endian files are read.");
        tensors = StateDict(new Unpickler(ReadAll(members[pickle])).Load());
        Tensors = tensors.ToDictionary(entry => entry.Key, entry => Describe(entry.Key, entry.Value), StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    public void Read(string name, Span<float> destination)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new CheckpointException($"'{file.Path}' has no tensor '{name}'.");
        if (destination.Length != Tensors[name].Count)
            throw new ArgumentException($"'{name}' has {Tensors[name].Count} numbers, the destination {destination.Length}.", nameof(destination));
        if (destination.IsEmpty)
            return;
        var member = Member(name, tensor.Storage);
        var size = TensorBytes.Size(tensor.Storage.Type);
        var start = StoredZip.DataOffset(file, member);
        if (IsContiguous(tensor))
            ReadContiguous(name, tensor, member, start, destination);
        else
            ReadStrided(name, tensor, start, size, destination);
    }

    public void Dispose() => file.Dispose();

    /// <summary>A tensor that is its whole storage is also checked against the zip's CRC-32: it costs little beside the reading.</summary>
    void ReadContiguous(string name, PickledTensor tensor, StoredMember member, long start, Span<float> destination)
    {
        var size = TensorBytes.Size(tensor.Storage.Type);
        var offset = start + tensor.Offset * size;
        if (tensor.Offset != 0 || member.Length != destination.Length * (long)size)
        {
            TensorBytes.Read(file, offset, tensor.Storage.Type, destination, $"tensor '{name}'");
            return;
        }

        var crc = new Crc32();
        TensorBytes.Read(file, offset, tensor.Storage.Type, destination, $"tensor '{name}'", crc.Append);
        if (crc.GetCurrentHashAsUInt32() != member.Crc32)
            throw new CheckpointException($"'{file.Path}': the bytes of tensor '{name}' are damaged (their CRC-32 does not match).");
    }

    /// <summary>Reads the span of the storage that the view touches, then gathers by its strides.</summary>
    void ReadStrided(string name, PickledTensor tensor, long start, int size, Span<float> destination)
    {
        var reach = tensor.Shape.Zip(tensor.Strides, (length, stride) => (length - 1) * stride).Sum() + 1;
        var values = new float[reach];
        TensorBytes.Read(file, start + tensor.Offset * size, tensor.Storage.Type, values, $"tensor '{name}'");
        var index = new long[tensor.Shape.Length];
        for (var i = 0; i < destination.Length; i++)
        {
            long from = 0;
            for (var axis = 0; axis < index.Length; axis++)
                from += index[axis] * tensor.Strides[axis];
            destination[i] = values[from];
            for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == tensor.Shape[axis]; axis--)
                index[axis] = 0;
        }
    }

    StoredMember Member(string name, PickledStorage storage) =>
        members.TryGetValue($"{root}data/{storage.Key}", out var member)
            ? member
            : throw new CheckpointException($"'{file.Path}' lacks the member '{root}data/{storage.Key}' that tensor '{name}' lies in.");

    byte[] ReadAll(StoredMember member)
    {
        if (member.Length > MaxPickleBytes)
            throw new CheckpointException($"'{file.Path}': '{member.Name}' has {member.Length:N0} bytes, more than {MaxPickleBytes:N0}.");
        var bytes = new byte[member.Length];
        file.Read(bytes, StoredZip.DataOffset(file, member), $"'{member.Name}'");
        return Crc32.HashToUInt32(bytes) == member.Crc32
            ? bytes
            : throw new CheckpointException($"'{file.Path}': '{member.Name}' is damaged (its CRC-32 does not match).");
    }

    TensorInfo Describe(string name, PickledTensor tensor)
    {
        CheckBounds(name, tensor);
        return new TensorInfo(name, tensor.Storage.Type, [.. tensor.Shape.Select(size => (int)size)]);
    }

    /// <summary>Sizes come from the file: nothing may be read outside its storage, nor counted beyond 64 bits.</summary>
    void CheckBounds(string name, PickledTensor tensor)
    {
        var storage = tensor.Storage;
        var fits = tensor.Shape.Length == tensor.Strides.Length && tensor.Shape.Length <= 8 && tensor.Offset >= 0
            && tensor.Shape.All(size => size is >= 0 and <= int.MaxValue) && tensor.Strides.All(stride => stride is >= 0 and <= int.MaxValue)
            && storage.Count >= 0;
        var elements = tensor.Shape.Aggregate((Int128)1, (product, size) => product * size);
        var reach = tensor.Shape.Zip(tensor.Strides, (size, stride) => (Int128)(size - 1) * stride).Aggregate((Int128)tensor.Offset + 1, (a, b) => a + b);
        if (!fits || elements > Array.MaxLength || elements > Math.Max(storage.Count, MaxRepeated) || (elements > 0 && (reach > storage.Count || reach > Array.MaxLength)))
        {
            throw new CheckpointException(
                $"'{file.Path}': tensor '{name}' of shape [{string.Join(", ", tensor.Shape)}] does not fit its storage of {storage.Count:N0} elements.");
        }

        if (members.TryGetValue($"{root}data/{storage.Key}", out var member) && reach * TensorBytes.Size(storage.Type) > member.Length && elements > 0)
        {
            throw new CheckpointException(
                $"'{file.Path}': tensor '{name}' needs {reach * TensorBytes.Size(storage.Type):N0} bytes of '{member.Name}', which has {member.Length:N0}.");
        }
    }

    static bool IsContiguous(PickledTensor tensor)
    {
        long expected = 1;
        for (var axis = tensor.Shape.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] > 1 && tensor.Strides[axis] != expected)
                return false;
            expected *= tensor.Shape[axis];
        }

        return true;
    }

    /// <summary>The state dict within the wrappers that training frameworks write: <c>['model']</c> if present, then <c>['module']</c>.</summary>
    Dictionary<string, PickledTensor> StateDict(object? root)
    {
        foreach (var wrapper in new[] { "model", "module" })
        {
            if (root is Dictionary<object, object?> outer && outer.GetValueOrDefault(wrapper) is Dictionary<object, object?> inner)
                root = inner;
        }

        if (root is not Dictionary<object, object?> entries)
            throw new CheckpointException($"'{file.Path}' does not hold a dictionary of tensors.");
        var result = new Dictionary<string, PickledTensor>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            if (key is string name && value is PickledTensor tensor)
                result.Add(name, tensor);
        }

        return result.Count > 0 ? result : throw new CheckpointException($"'{file.Path}' holds no tensors.");
    }
}
