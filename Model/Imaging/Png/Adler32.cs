using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>The checksum of what was compressed. Source: RFC 1950, 2.2.</summary>
struct Adler32()
{
    const uint Modulus = 65_521;
    const int MostAtOnce = 5_536; // bytes, in whole vectors of 32, after which the sums still fit 32 bits

    uint low = 1;
    uint high;

    /// <summary>Of all bytes until now.</summary>
    public readonly uint Value => high << 16 | low;

    /// <summary>Goes on with more bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var some = bytes[..Math.Min(bytes.Length, MostAtOnce)];
            bytes = bytes[some.Length..];
            int done = AddVectors(some);
            foreach (byte value in some[done..])
            {
                low += value;
                high += low;
            }

            (low, high) = (low % Modulus, high % Modulus);
        }
    }

    // The high sum gets every byte as often as there are bytes from it to the end: of its own vector by weight, of vectors behind it by adding up.
    int AddVectors(ReadOnlySpan<byte> bytes)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector256<byte>>(bytes);
        if (vectors.IsEmpty)
            return 0;
        var weightsHigh = Vector256.Create((ushort)Vector256<ushort>.Count) - Vector256<ushort>.Indices;
        var weightsLow = weightsHigh + Vector256.Create((ushort)Vector256<ushort>.Count);
        var (sums, before, weighted) = (Vector256<uint>.Zero, Vector256<uint>.Zero, Vector256<uint>.Zero);
        foreach (var vector in vectors)
        {
            var (first, second) = Vector256.Widen(vector);
            before += sums;
            sums += Sum(first + second);
            weighted += Sum(first * weightsLow + second * weightsHigh);
        }

        int length = vectors.Length * Vector256<byte>.Count;
        high += low * (uint)length + Vector256.Sum(before) * (uint)Vector256<byte>.Count + Vector256.Sum(weighted);
        low += Vector256.Sum(sums);
        return length;
    }

    // Neighbours together: which of them meet does not matter.
    static Vector256<uint> Sum(Vector256<ushort> values) => (values.AsUInt32() & Vector256.Create(0xFFFFu)) + (values.AsUInt32() >>> 16);
}
