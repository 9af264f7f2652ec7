using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Writes a safetensors file: all names and shapes first, then the numbers, one tensor at a time.</summary>
/// <remarks>Source: huggingface/safetensors README.md, "Format".</remarks>
public static class SafetensorsWriter
{
    const int Alignment = 8;

    /// <summary>Numbers that are written at a time: a span has at most 2 GiB.</summary>
    const int Part = 1 << 24;

    /// <summary>Writes a file of float32 tensors, under another name first, so that it is there whole or not at all.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <param name="source">The tensors.</param>
    /// <param name="names">Which of them, in order.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, IWeights source, IEnumerable<string> names)
    {
        var tensors = names.Select(name => source.Tensors[name]).ToList();
        var temporary = $"{path}.tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
        {
            var header = Header(tensors);
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            foreach (var tensor in tensors)
            {
                var values = new float[tensor.Count];
                source.Read(tensor.Name, values);
                foreach (var part in Enumerable.Range(0, (values.Length + Part - 1) / Part))
                    file.Write(MemoryMarshal.AsBytes<float>(values.AsSpan(part * Part, Math.Min(Part, values.Length - part * Part))));
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    static byte[] Header(IEnumerable<TensorInfo> tensors)
    {
        long offset = 0;
        var entries = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            var end = offset + tensor.Count * sizeof(float);
            entries[tensor.Name] = new { dtype = "F32", shape = tensor.Shape.ToArray(), data_offsets = new[] { offset, end } };
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(entries);
        var padded = new byte[(json.Length + Alignment - 1) / Alignment * Alignment];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }
}
