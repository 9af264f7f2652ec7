using System.Runtime.InteropServices;

namespace MplugCluster.Grains.Features;

/// <summary>Float arrays as the little-endian bytes that travel: the serialiser copies only bytes in bulk.</summary>
public static class FloatBytes
{
    /// <summary>Numbers as bytes.</summary>
    public static byte[] From(ReadOnlySpan<float> numbers) => MemoryMarshal.AsBytes(numbers).ToArray();

    /// <summary>Bytes as numbers, without a copy.</summary>
    public static ReadOnlySpan<float> ToFloats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes);
}
