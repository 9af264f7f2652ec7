using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;

namespace MplugCluster.Model.Packages;

/// <summary>
/// Writes the weight file that the three graphs of a package share. One checkpoint tensor is in memory at a time; each is hashed as the
/// checkpoint has it (the fingerprint must not depend on how graphs like their weights stored) and written as the graphs read it.
/// </summary>
static class WeightFileWriter
{
    /// <summary>Memory-mapped weights start on their own page, small ones on a cache line.</summary>
    const int PageBytes = 4096;
    const int LineBytes = 64;

    /// <summary>Writes all weights.</summary>
    /// <param name="path">The file; must not exist.</param>
    /// <param name="source">Where the tensors come from.</param>
    /// <param name="weights">What the graphs read.</param>
    /// <param name="progress">Called with the bytes written so far.</param>
    /// <returns>Where each weight lies, by key, and the SHA-256 of the tensors.</returns>
    public static (IReadOnlyDictionary<string, TensorProto> Places, byte[] Hash) Write(
        string path, IWeights source, IEnumerable<StoredWeight> weights, Action<long>? progress)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
        var places = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (var tensor in weights.Distinct().GroupBy(weight => weight.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var values = new float[source.Tensors[tensor.Key].Count];
            source.Read(tensor.Key, values);
            sha.AppendData(System.Text.Encoding.UTF8.GetBytes($"{tensor.Key}{source.Tensors[tensor.Key].ShapeText}"));
            sha.AppendData(MemoryMarshal.AsBytes<float>(values));
            foreach (var weight in tensor)
            {
                Pad(file, weight.Bytes >= PageBytes ? PageBytes : LineBytes);
                places[weight.Key] = Place(file.Position, weight.Bytes);
                file.Write(Stored(weight, values));
            }

            progress?.Invoke(file.Position);
        }

        file.Flush(flushToDisk: true);
        return (places, sha.GetHashAndReset());
    }

    static ReadOnlySpan<byte> Stored(StoredWeight weight, float[] values)
    {
        if (weight.Shape.IsEmpty)
            return MemoryMarshal.AsBytes<float>(values);
        var (count, row) = (weight.End - weight.First, values.Length / weight.Shape[0]);
        var rows = values.AsSpan(weight.First * row, count * row);
        return weight.Form switch
        {
            WeightForm.Int8 => MemoryMarshal.AsBytes<sbyte>(ColumnQuantizer.Round(rows, count)),
            WeightForm.Steps => MemoryMarshal.AsBytes<float>(ColumnQuantizer.Steps(rows, count)),
            WeightForm.Half => MemoryMarshal.AsBytes<Half>(Halves(weight, weight.Transposed ? Transpose(rows, count, row) : rows)),
            _ => MemoryMarshal.AsBytes<float>(weight.Transposed ? Transpose(rows, count, row) : rows),
        };
    }

    static Half[] Halves(StoredWeight weight, ReadOnlySpan<float> values)
    {
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(values));
        if (!(largest <= (float)Half.MaxValue))
        {
            throw new PackageException(string.Create(
                CultureInfo.InvariantCulture,
                $"The weight '{weight.Name}' has the number {largest:R}, but fp16 ends at {(float)Half.MaxValue:0}. Import the checkpoint with --precision fp32."));
        }

        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        return halves;
    }

    /// <summary>Transposes in tiles, so that both sides stay in the cache.</summary>
    static float[] Transpose(ReadOnlySpan<float> source, int rows, int columns)
    {
        const int Tile = 32;
        var result = new float[source.Length];
        for (var top = 0; top < rows; top += Tile)
        {
            for (var left = 0; left < columns; left += Tile)
            {
                for (var r = top; r < Math.Min(rows, top + Tile); r++)
                {
                    for (var c = left; c < Math.Min(columns, left + Tile); c++)
                        result[c * rows + r] = source[r * columns + c];
                }
            }
        }

        return result;
    }

    static void Pad(FileStream file, int alignment)
    {
        var gap = (int)((alignment - file.Position % alignment) % alignment);
        file.Write(new byte[gap]);
    }

    static TensorProto Place(long offset, long length) => new()
    {
        DataLocation = TensorProto.Types.DataLocation.External,
        ExternalData =
        {
            new StringStringEntryProto { Key = "location", Value = PackageLayout.Weights },
            new StringStringEntryProto { Key = "offset", Value = $"{offset}" },
            new StringStringEntryProto { Key = "length", Value = $"{length}" },
        },
    };
}
