using System.Buffers.Binary;
using System.IO.Compression;

namespace MplugCluster.Cli.Explain;

/// <summary>A heat map as a small PNG, a pixel a patch, that a browser stretches smoothly over the picture.</summary>
/// <remarks>Source: the PNG specification (W3C), 8-bit colour with alpha.</remarks>
static class HeatPng
{
    /// <summary>Colours from little to most attention, with their opacity: dark to bright, so that it reads without colours too.</summary>
    static readonly (byte Red, byte Green, byte Blue, byte Alpha)[] Ramp = [(20, 0, 60, 110), (190, 30, 80, 140), (255, 140, 20, 150), (255, 240, 120, 165)];

    static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Draws a map; the smallest share has the first colour, the largest the last.</summary>
    public static byte[] Write(IReadOnlyList<float> shares, int rows, int columns)
    {
        var (least, most) = (shares.Min(), shares.Max());
        using var png = new MemoryStream();
        png.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, columns);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), rows);
        (header[8], header[9]) = (8, 6);
        Chunk(png, "IHDR"u8, header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var row = 0; row < rows; row++)
            {
                zlib.WriteByte(0);
                for (var column = 0; column < columns; column++)
                    zlib.Write(Colour(most > least ? (shares[row * columns + column] - least) / (most - least) : 0));
            }
        }

        Chunk(png, "IDAT"u8, packed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    static byte[] Colour(float heat)
    {
        var at = heat * (Ramp.Length - 1);
        var (first, second) = (Ramp[(int)at], Ramp[Math.Min((int)at + 1, Ramp.Length - 1)]);
        var part = at - (int)at;
        return
        [
            Between(first.Red, second.Red, part), Between(first.Green, second.Green, part), Between(first.Blue, second.Blue, part),
            Between(first.Alpha, second.Alpha, part),
        ];
    }

    static byte Between(byte first, byte second, float part) => (byte)(first + (second - first) * part + 0.5f);

    static void Chunk(Stream png, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] checkedBytes = [.. type, .. data];
        png.Write(checkedBytes);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~checkedBytes.Aggregate(uint.MaxValue, (crc, b) => CrcTable[(crc ^ b) & 0xFF] ^ (crc >> 8)));
        png.Write(number);
    }

    static uint CrcOf(int number)
    {
        var crc = (uint)number;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) == 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    }
}
