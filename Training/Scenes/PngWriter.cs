using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace MplugCluster.Training.Scenes;

/// <summary>Writes 8-bit RGB pictures as PNG.</summary>
/// <remarks>Source: ISO/IEC 15948 (Portable Network Graphics).</remarks>
static class PngWriter
{
    static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Writes a picture.</summary>
    /// <param name="path">Where.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="pixels"><c>[height, width, 3]</c> bytes.</param>
    public static void Write(string path, int width, int height, byte[] pixels)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        Chunk(file, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var packed = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var row = 0; row < height; row++)
            {
                packed.WriteByte(0);
                packed.Write(pixels, 3 * row * width, 3 * width);
            }
        }

        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
    }

    static void Chunk(Stream file, ReadOnlySpan<byte> name, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(name);
        file.Write(content);
        var crc = new Crc32();
        crc.Append(name);
        crc.Append(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}
