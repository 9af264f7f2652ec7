using System.Buffers.Binary;
using System.Text.Json;

namespace MplugCluster.Model.Checkpoints;

/// <summary>A safetensors file.</summary>
/// <remarks>Source: huggingface/safetensors README.md, "Format".</remarks>
sealed class SafetensorsCheckpoint : ICheckpointFile
{
    const int MaxHeaderBytes = 100_000_000;

    static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = ElementType.Float64,
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    };

    readonly StorageFile file;
    readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);

    public SafetensorsCheckpoint(StorageFile file)
    {
        this.file = file;
        Span<byte> prefix = stackalloc byte[8];
        file.Read(prefix, 0, "the header's length");
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > MaxHeaderBytes || length > file.Length - 8)
            throw new CheckpointException($"'{file.Path}' claims a header of {length:N0} bytes; the file has {file.Length:N0}.");
        var header = new byte[length];
        file.Read(header, 8, "the header");
        try
        {
            using var json = JsonDocument.Parse(header);
            Tensors = json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")
                .Select(entry => Describe(entry.Name, entry.Value, 8 + length))
                .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            throw new CheckpointException($"'{file.Path}' has a damaged safetensors header: {e.Message}", e);
        }
    }

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    public void Read(string name, Span<float> destination)
    {
        if (!Tensors.TryGetValue(name, out var info))
            throw new CheckpointException($"'{file.Path}' has no tensor '{name}'.");
        if (destination.Length != info.Count)
            throw new ArgumentException($"'{name}' has {info.Count} numbers, the destination {destination.Length}.", nameof(destination));
        TensorBytes.Read(file, offsets[name], info.Type, destination, $"tensor '{name}'");
    }

    public void Dispose() => file.Dispose();

    TensorInfo Describe(string name, JsonElement entry, long dataStart)
    {
        var dtype = entry.GetProperty("dtype").GetString()!;
        if (!Types.TryGetValue(dtype, out var type))
            throw new CheckpointException($"'{file.Path}': tensor '{name}' has the type {dtype}; known are {string.Join(", ", Types.Keys)}.");
        var info = new TensorInfo(name, type, [.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())]);
        var (begin, end) = (entry.GetProperty("data_offsets")[0].GetInt64(), entry.GetProperty("data_offsets")[1].GetInt64());
        var bytes = info.Shape.Aggregate((Int128)TensorBytes.Size(type), (product, size) => product * size);
        if (info.Shape.Any(size => size < 0) || begin < 0 || end - begin != bytes || end > file.Length - dataStart)
        {
            throw new CheckpointException(
                $"'{file.Path}': tensor '{name}' {info.ShapeText} needs {bytes:N0} bytes, but its place is {begin:N0} to {end:N0} of {file.Length - dataStart:N0}.");
        }

        offsets[name] = dataStart + begin;
        return info;
    }
}
