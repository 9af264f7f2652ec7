using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>The logical screen of a GIF.</summary>
static class GifHeader
{
    public static bool Matches(ReadOnlySpan<byte> file) => file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);

    public static PictureHeader? Parse(ReadOnlySpan<byte> file) =>
        file.Length < 13
            ? null
            : new PictureHeader(
                PictureFormat.Gif,
                BinaryPrimitives.ReadUInt16LittleEndian(file[6..]),
                BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
}
