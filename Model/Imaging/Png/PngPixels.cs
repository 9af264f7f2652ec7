using System.Runtime.Intrinsics;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// Rows of a PNG's samples to rows of pixels, as libpng and Skia make them with straight alpha: of 16 bits the high byte, of a palette that is too short
/// the last colour. Rows are read and pixels written in wholes of <see cref="Slack"/> bytes: buffers end so much later.
/// </summary>
static unsafe class PngPixels
{
    /// <summary>Bytes behind the end of a row that may be read, and of pixels written.</summary>
    public const int Slack = 16;

    /// <summary>Entries of a table of colours.</summary>
    public const int Colours = 256;

    const uint Opaque = 0xFF00_0000;
    const byte Nothing = 0xFF; // a place that gives 0

    /// <summary>The colour of every sample that has no more than 8 bits: from the palette, or its grey.</summary>
    /// <param name="frame">Of a file without bytes for each sample.</param>
    /// <param name="file">The whole file.</param>
    /// <param name="table">Takes <see cref="Colours"/> pixels.</param>
    public static void FillTable(in PngFrame frame, ReadOnlySpan<byte> file, Span<uint> table)
    {
        int last = (1 << frame.Depth) - 1;
        for (int sample = 0; sample <= last; sample++)
        {
            if (frame.Samples == PngSamples.Palette)
            {
                var colour = file.Slice(frame.Palette + 3 * Math.Min(sample, frame.Colours - 1), 3);
                table[sample] = Opaque | (uint)(colour[2] << 16 | colour[1] << 8 | colour[0]);
            }
            else
            {
                table[sample] = Opaque | (uint)(sample * 255 / last * 0x010101);
            }
        }
    }

    /// <summary>Pixels of samples that have no more than 8 bits, the first in the highest bits of a byte.</summary>
    public static void FromTable(byte* row, int width, int depth, uint* table, uint* pixels)
    {
        int mask = (1 << depth) - 1;
        for (int x = 0, shift = 8 - depth; x < width; x++)
        {
            pixels[x] = table[*row >> shift & mask];
            shift -= depth;
            if (shift < 0)
            {
                shift = 8 - depth;
                row++;
            }
        }
    }

    /// <summary>Pixels of samples of whole bytes.</summary>
    /// <param name="row">The row.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="frame">What it is made of.</param>
    /// <param name="pixels">Takes the pixels.</param>
    public static void FromBytes(byte* row, int width, in PngFrame frame, byte* pixels)
    {
        int sampleBytes = frame.Depth / 8;
        int pixelBytes = frame.PixelBits / 8;
        int atOnce = Math.Min(4, Vector128<byte>.Count / pixelBytes);
        int step = frame.Samples is PngSamples.Rgb or PngSamples.Rgba ? sampleBytes : 0; // of grey all three are the same
        byte* places = stackalloc byte[Vector128<byte>.Count];
        for (int i = 0; i < Vector128<byte>.Count; i++)
            places[i] = i % 4 == 3 || i / 4 >= atOnce ? Nothing : (byte)(i / 4 * pixelBytes + i % 4 * step);

        var (shuffle, opaque) = (Vector128.Load(places), Vector128.Create(Opaque).AsByte());
        for (int x = 0; x < width; x += atOnce)
        {
            (Vector128.ShuffleNative(Vector128.Load(row), shuffle) | opaque).Store(pixels);
            row += atOnce * pixelBytes;
            pixels += 4 * atOnce;
        }
    }
}
