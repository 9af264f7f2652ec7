using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>The first chunk of a WebP (lossy, lossless or extended), and the EXIF chunk of an extended one.</summary>
static class WebPHeader
{
    const int FileHeader = 12;
    const int ChunkHeader = 8;

    public static bool Matches(ReadOnlySpan<byte> file) =>
        file.Length >= FileHeader && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    public static PictureHeader? Parse(ReadOnlySpan<byte> file)
    {
        var chunks = file[FileHeader..];
        if (chunks.Length < ChunkHeader + 10)
            return null;
        var data = chunks[ChunkHeader..];
        return chunks.StartsWith("VP8 "u8) ? Lossy(data)
            : chunks.StartsWith("VP8L"u8) ? Lossless(data)
            : chunks.StartsWith("VP8X"u8) ? Extended(data) with { Orientation = Orientation(chunks) }
            : null;
    }

    static PictureHeader? Lossy(ReadOnlySpan<byte> data) =>
        data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]) // the start code of a key frame
            ? Sized(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF, pixelBytes: 4)
            : null;

    static PictureHeader? Lossless(ReadOnlySpan<byte> data)
    {
        uint bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return data[0] == 0x2F ? Sized((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1) : null;
    }

    static PictureHeader Extended(ReadOnlySpan<byte> data) => Sized(UInt24(data[4..]) + 1, UInt24(data[7..]) + 1);

    // libwebp holds all pixels of a lossless picture beside the frame, and of an extended file nothing in its header says whether that is one.
    static PictureHeader Sized(int width, int height, int pixelBytes = 8) => new(PictureFormat.WebP, width, height, FramePixelBytes: pixelBytes);

    static int Orientation(ReadOnlySpan<byte> chunks)
    {
        while (chunks.Length >= ChunkHeader)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            var data = chunks[ChunkHeader..];
            if (length > data.Length)
                break;
            if (chunks.StartsWith("EXIF"u8))
                return ExifOrientation.Read(data[..(int)length]);
            long padded = length + (length & 1L);
            chunks = data[(int)Math.Min(padded, data.Length)..];
        }
        return ExifOrientation.Upright;
    }

    static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
