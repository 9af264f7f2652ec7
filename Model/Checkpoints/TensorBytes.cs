using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Little-endian elements as float32.</summary>
static class TensorBytes
{
    /// <summary>Elements converted at a time.</summary>
    const int Chunk = 1 << 16;

    /// <summary>Bytes of one element.</summary>
    public static int Size(ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 => 8,
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Reads contiguous elements and converts them.</summary>
    public static void Read(StorageFile file, long offset, ElementType type, Span<float> destination, string what, Action<ReadOnlySpan<byte>>? seen = null)
    {
        var size = Size(type);
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk * size);
        try
        {
            while (destination.Length > 0)
            {
                var count = Math.Min(Chunk, destination.Length);
                var bytes = buffer.AsSpan(0, count * size);
                file.Read(bytes, offset, what);
                seen?.Invoke(bytes);
                Convert(type, bytes, destination[..count]);
                destination = destination[count..];
                offset += count * (long)size;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static void Convert(ElementType type, ReadOnlySpan<byte> bytes, Span<float> to)
    {
        switch (type)
        {
            case ElementType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(to));
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), to);
                break;
            case ElementType.BFloat16:
                // The upper half of a float32.
                for (var i = 0; i < to.Length; i++)
                    to[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                break;
            case ElementType.Float64:
                Each(MemoryMarshal.Cast<byte, double>(bytes), to, value => (float)value);
                break;
            case ElementType.Int64:
                Each(MemoryMarshal.Cast<byte, long>(bytes), to, value => value);
                break;
            case ElementType.Int32:
                Each(MemoryMarshal.Cast<byte, int>(bytes), to, value => value);
                break;
            case ElementType.Int16:
                Each(MemoryMarshal.Cast<byte, short>(bytes), to, value => value);
                break;
            case ElementType.Int8:
                Each(MemoryMarshal.Cast<byte, sbyte>(bytes), to, value => value);
                break;
            default:
                Each(bytes, to, value => value);
                break;
        }
    }

    static void Each<T>(ReadOnlySpan<T> from, Span<float> to, Func<T, float> convert)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = convert(from[i]);
    }
}
