using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>The orientation tag of an EXIF block, which is a small TIFF file.</summary>
static class ExifOrientation
{
    public const int Upright = 1;

    const int Tag = 0x0112;

    public static ReadOnlySpan<byte> Prefix => "Exif\0\0"u8;

    /// <summary>Orientation 1-8 from the first image directory; 1 when it is absent or nonsense.</summary>
    /// <param name="exif">A TIFF header and what follows, with or without the prefix <c>Exif\0\0</c>.</param>
    public static int Read(ReadOnlySpan<byte> exif)
    {
        var tiff = exif.StartsWith(Prefix) ? exif[Prefix.Length..] : exif;
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM\0*"u8)))
            return Upright;

        uint directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return Upright;
        int entries = UInt16(tiff[(int)directory..], little);
        var rest = tiff[((int)directory + 2)..];
        int orientation = Upright;
        for (; entries > 0 && rest.Length >= 12; entries--, rest = rest[12..])
        {
            if (UInt16(rest, little) == Tag && UInt32(rest[4..], little) == 1)
                orientation = Value(rest, little); // of several entries the last holds, as in Pillow
        }
        return orientation;
    }

    static int Value(ReadOnlySpan<byte> entry, bool little)
    {
        long value = UInt16(entry[2..], little) switch // the type: byte, 16 or 32 bits
        {
            1 => entry[8],
            3 => UInt16(entry[8..], little),
            4 => UInt32(entry[8..], little),
            _ => Upright,
        };
        return value is >= 1 and <= 8 ? (int)value : Upright;
    }

    static int UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
