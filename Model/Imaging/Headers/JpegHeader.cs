using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>Walks the markers of a JPEG to its end: the number of scans is known only then.</summary>
static class JpegHeader
{
    const byte StartOfImage = 0xD8;
    const byte EndOfImage = 0xD9;
    const byte StartOfScan = 0xDA;
    const byte Extended = 0xC1;
    const byte App1 = 0xE1;

    public static ReadOnlySpan<byte> Magic => [0xFF, StartOfImage, 0xFF];

    public static ReadOnlySpan<byte> End => [0xFF, EndOfImage];

    public static PictureHeader? Parse(ReadOnlySpan<byte> file)
    {
        PictureHeader? frame = null;
        int? orientation = null;
        int scans = 0;
        bool gathered = false;
        bool ended = false;
        for (var rest = file[2..]; !ended && NextMarker(ref rest, out byte marker);)
        {
            if (marker == EndOfImage)
            {
                ended = true;
                continue;
            }
            if (IsStandalone(marker))
                continue;

            int length = rest.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest); // counts its own two bytes
            if (length < 2 || length > rest.Length)
                break;
            var segment = rest[2..length];
            rest = rest[length..];
            if (marker == StartOfScan)
            {
                gathered |= scans++ == 0 && (segment.IsEmpty || segment[0] < frame?.Components);
            }
            else if (IsStartOfFrame(marker) && segment.Length >= 6)
            {
                gathered |= frame is null && marker > Extended;
                frame ??= Frame(segment);
            }
            else if (marker == App1 && scans == 0 && segment.StartsWith(ExifOrientation.Prefix[..5]))
            {
                orientation ??= ExifOrientation.Read(segment); // of several blocks Pillow reads the first
            }
        }
        return frame is not { } found || scans == 0
            ? null
            : found with { Orientation = orientation ?? ExifOrientation.Upright, Scans = scans, Truncated = !ended, Gathered = gathered };
    }

    static PictureHeader Frame(ReadOnlySpan<byte> segment) => new(
        PictureFormat.Jpeg,
        Width: BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
        Height: BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
        Components: segment[5]);

    // Skips everything up to a marker: entropy-coded data, in which FF 00 is a plain FF, and padding, which is more FFs.
    static bool NextMarker(ref ReadOnlySpan<byte> rest, out byte marker)
    {
        marker = 0;
        while (marker is 0 or 0xFF)
        {
            int at = marker == 0xFF ? 0 : rest.IndexOf((byte)0xFF) + 1;
            if ((at == 0 && marker != 0xFF) || at >= rest.Length)
                return false;
            marker = rest[at];
            rest = rest[(at + 1)..];
        }
        return true;
    }

    static bool IsStandalone(byte marker) => marker is (>= 0xD0 and <= StartOfImage) or 0x01;

    static bool IsStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
