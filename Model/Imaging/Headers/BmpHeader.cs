using System.Buffers.Binary;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>The information header of a BMP, old (12 bytes) or newer (40 bytes and more).</summary>
static class BmpHeader
{
    const int FileHeader = 14;
    const int CoreSize = 12;
    const int InfoSize = 40;

    public static ReadOnlySpan<byte> Magic => "BM"u8;

    public static PictureHeader? Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeader + CoreSize)
            return null;
        var info = file[FileHeader..];
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(info);
        if (size == CoreSize)
            return Sized(BinaryPrimitives.ReadUInt16LittleEndian(info[4..]), BinaryPrimitives.ReadUInt16LittleEndian(info[6..]));
        if (size < InfoSize || info.Length < InfoSize)
            return null;
        int height = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        return height == int.MinValue
            ? null
            : Sized(BinaryPrimitives.ReadInt32LittleEndian(info[4..]), Math.Abs(height)); // negative: stored from the top down
    }

    static PictureHeader Sized(int width, int height) => new(PictureFormat.Bmp, width, height);
}
