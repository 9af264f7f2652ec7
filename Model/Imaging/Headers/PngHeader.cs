using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>The IHDR chunk, and the eXIf chunk wherever it lies.</summary>
static class PngHeader
{
    const int LengthAndType = 8;
    const int Checksum = 4;

    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static PictureHeader? Parse(ReadOnlySpan<byte> file)
    {
        var rest = file[Magic.Length..];
        if (rest.Length < LengthAndType + 8 || !rest[4..].StartsWith("IHDR"u8))
            return null;
        uint width = BinaryPrimitives.ReadUInt32BigEndian(rest[LengthAndType..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(rest[(LengthAndType + 4)..]);
        return width > int.MaxValue || height > int.MaxValue
            ? null
            : new PictureHeader(
                PictureFormat.Png, (int)width, (int)height, Orientation(rest), FramePixelBytes: 4 + InterlacedPixelBytes(rest[LengthAndType..]));
    }

    // Beside the frame libpng's rows of all passes, which may get an alpha channel on the way.
    static int InterlacedPixelBytes(ReadOnlySpan<byte> header) => header.Length < 13 || header[12] == 0 ? 0 : (header[8] == 16 ? 2 : 1) * header[9] switch
    {
        3 => 1, // places in a palette
        0 or 4 => 2,
        _ => 4,
    };

    static int Orientation(ReadOnlySpan<byte> chunks)
    {
        while (chunks.Length >= LengthAndType)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunks);
            var data = chunks[LengthAndType..];
            if (length > data.Length)
                break;
            if (chunks[4..].StartsWith("eXIf"u8))
                return ExifOrientation.Read(data[..(int)length]);
            chunks = data[Math.Min((int)length + Checksum, data.Length)..];
        }
        return ExifOrientation.Upright;
    }
}
