using System.Buffers.Binary;
using System.IO.Hashing;
using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// A PNG that libpng reads from end to end without a complaint that could change its pixels: not interlaced, every chunk in its place, whole, and with
/// the right checksum, and no critical chunk but the usual ones. Everything else is not read.
/// </summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Depth">Bits of a sample: 1, 2, 4, 8 or 16.</param>
/// <param name="Samples">What a pixel is made of.</param>
/// <param name="Palette">Where its colours begin in the file; 0: there is none.</param>
/// <param name="Colours">Colours of the palette.</param>
/// <param name="Data">Where the first chunk of compressed rows begins in the file.</param>
readonly record struct PngFrame(int Width, int Height, int Depth, PngSamples Samples, int Palette, int Colours, int Data)
{
    /// <summary>Bytes of a chunk before its data: length and type.</summary>
    public const int ChunkHead = 8;

    /// <summary>Bytes of a chunk after its data: the checksum.</summary>
    public const int ChunkTail = 4;

    const uint Header = 0x49484452; // IHDR
    const uint Colour = 0x504C5445; // PLTE
    const uint End = 0x49454E44; // IEND
    const uint SignificantBits = 0x73424954; // sBIT
    const uint AnimationControl = 0x6163544C; // acTL

    /// <summary>Type of a chunk of compressed rows, IDAT.</summary>
    public const uint Rows = 0x49444154;

    const int HeaderBytes = 13;
    const int MaxWidth = 1_000_000; // libpng's, and a row's bytes are counted in 32 bits

    // libpng refuses chunks of some millions of bytes, and stops keeping texts after a thousand; no usual file comes near.
    const int MaxChunkBytes = 1 << 20;
    const int MaxChunks = 256;

    /// <summary>Bits of a pixel.</summary>
    public int PixelBits => Depth * Samples switch { PngSamples.Rgba => 4, PngSamples.Rgb => 3, PngSamples.GreyAlpha => 2, _ => 1 };

    /// <summary>Bytes of a row without the byte that says how it is filtered.</summary>
    public int RowBytes => (int)(((long)Width * PixelBits + 7) / 8);

    /// <summary>Whether every sample takes whole bytes and is a colour, not a place in the palette.</summary>
    public bool HasByteSamples => Depth >= 8 && Samples != PngSamples.Palette;

    /// <summary>Walks all chunks; null: something is unusual.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">What the header reader found.</param>
    public static PngFrame? TryRead(ReadOnlySpan<byte> file, in PictureHeader header)
    {
        PngFrame? found = null;
        int others = 0;
        bool rowsAreOver = false;
        for (int at = PngHeader.Magic.Length; TryReadChunk(file, at, out uint type, out int length); at += ChunkHead + length + ChunkTail)
        {
            var data = file.Slice(at + ChunkHead, length);
            if (type != Rows && (length > MaxChunkBytes || ++others > MaxChunks))
                return null;
            if (found is not { } frame)
            {
                if (type != Header || (found = ReadHeader(data, header)) is null)
                    return null;
                continue;
            }

            switch (type)
            {
                case Rows when length > 0 && length <= Math.Max(MaxChunkBytes, (1L + frame.RowBytes) * frame.Height) && !rowsAreOver:
                    if (frame.Data == 0 && frame.Samples == PngSamples.Palette && frame.Palette == 0)
                        return null;
                    found = frame.Data == 0 ? frame with { Data = at } : frame;
                    continue;
                case Colour when frame.Palette == 0 && frame.Data == 0 && length % 3 == 0 && length / 3 is >= 1 and <= 256:
                    found = frame with { Palette = at + ChunkHead, Colours = length / 3 };
                    if (frame.Samples == PngSamples.Palette && length / 3 > 1 << frame.Depth)
                        return null;
                    break;
                case End:
                    return length == 0 && frame.Data != 0 ? frame : null;
                case SignificantBits when frame.Samples == PngSamples.GreyAlpha: // may say that the grey is none
                case AnimationControl:
                    return null;
                default:
                    if (!IsAncillary(type))
                        return null;
                    break;
            }

            rowsAreOver = frame.Data != 0;
        }

        return null;
    }

    static bool TryReadChunk(ReadOnlySpan<byte> file, int at, out uint type, out int length)
    {
        (type, length) = (0, 0);
        if (file.Length - at < ChunkHead + ChunkTail)
            return false;
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        if (bytes > file.Length - at - ChunkHead - ChunkTail)
            return false;
        (type, length) = (BinaryPrimitives.ReadUInt32BigEndian(file[(at + 4)..]), (int)bytes);
        return Crc32.HashToUInt32(file.Slice(at + 4, 4 + length)) == BinaryPrimitives.ReadUInt32BigEndian(file[(at + ChunkHead + length)..]);
    }

    static PngFrame? ReadHeader(ReadOnlySpan<byte> data, in PictureHeader header)
    {
        if (data.Length != HeaderBytes || header.Width > MaxWidth || data[10] != 0 || data[11] != 0 || data[12] != 0) // compression, filters, interlacing
            return null;
        var (depth, samples) = ((int)data[8], (PngSamples)data[9]);
        bool isKnown = (samples, depth) is (PngSamples.Grey, 1 or 2 or 4 or 8 or 16) or (PngSamples.Palette, 1 or 2 or 4 or 8)
            or (PngSamples.Rgb or PngSamples.GreyAlpha or PngSamples.Rgba, 8 or 16);
        return isKnown ? new PngFrame(header.Width, header.Height, depth, samples, 0, 0, 0) : null;
    }

    // Four letters, the first of them small, the third not: libpng passes over what it does not know.
    static bool IsAncillary(uint type)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            if (!char.IsAsciiLetter((char)(byte)(type >> shift)))
                return false;
        }

        return (type & 0x2000_2000) == 0x2000_0000;
    }
}
