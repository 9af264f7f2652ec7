using System.Buffers;
using System.IO.Compression;
using System.Runtime.Intrinsics;
using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>
/// Decodes the PNGs that encoders make, row after row, with libpng's pixels. It mends nothing: a file that is interlaced, cut, damaged or unusual
/// (<see cref="PngFrame"/>) is for the codec library, which holds the whole of it.
/// </summary>
static unsafe class PlainPng
{
    const int GroupRows = 4; // as the resizer likes them
    const int MaxStripRows = 16;
    const int StripBytes = 1 << 16; // rows that are still in the processor's cache when they become pixels

    /// <summary>Whether this processor can do it well.</summary>
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    /// <summary>Pushes every row of the picture.</summary>
    /// <param name="file">Whole file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <param name="cancellation">Checked between strips of rows.</param>
    /// <returns>False: it is not for us. Rows may have been pushed by then.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> file, in PictureHeader header, IRowSink sink, CancellationToken cancellation)
    {
        if (!IsSupported || header.Format != PictureFormat.Png || PngFrame.TryRead(file, header) is not { } frame)
            return false;

        int coded = 1 + frame.RowBytes;
        int stripRows = Math.Clamp(StripBytes / coded / GroupRows * GroupRows, GroupRows, MaxStripRows);
        int line = frame.RowBytes + PngFilters.Slack;
        int stripBytes = stripRows * coded + PngFilters.Slack;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * line + stripBytes + stripRows * 4 * frame.Width + PngPixels.Slack);
        uint* table = stackalloc uint[PngPixels.Colours];
        try
        {
            fixed (byte* bytes = file, lines = buffer)
            {
                using var compressed = new PngRowStream(bytes, frame.Data);
                using var rows = new ZLibStream(compressed, CompressionMode.Decompress);
                byte* above = lines, row = lines + line, strip = row + line, pixels = strip + stripBytes;
                new Span<byte>(above, line).Clear();
                if (!frame.HasByteSamples)
                    PngPixels.FillTable(frame, file, new Span<uint>(table, PngPixels.Colours));

                sink.Begin(frame.Width, frame.Height, bottomUp: false);
                for (int done = 0; done < frame.Height;)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int count = Math.Min(stripRows, frame.Height - done);
                    if (!TryFill(rows, new Span<byte>(strip, count * coded)))
                        return false;
                    for (int i = 0; i < count; i++)
                    {
                        if (!TryMakePixels(frame, strip + (nint)i * coded, above, row, table, pixels + (nint)i * 4 * frame.Width))
                            return false;
                        byte* next = above; // the row is above the next one, whose place is free
                        above = row;
                        row = next;
                    }

                    done += count;
                    // The last rows only when the end of the data and its checksum have been read, too: without it libpng calls the file damaged.
                    if (done == frame.Height && (!IsAtEnd(rows) || compressed.IsShort))
                        return false;
                    sink.Push(new ReadOnlySpan<byte>(pixels, count * 4 * frame.Width));
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static bool TryMakePixels(in PngFrame frame, byte* coded, byte* above, byte* row, uint* table, byte* pixels)
    {
        if (!PngFilters.TryUndo(*coded, coded + 1, above, row, frame.RowBytes, Math.Max(1, frame.PixelBits / 8)))
            return false;
        if (frame.HasByteSamples)
            PngPixels.FromBytes(row, frame.Width, frame, pixels);
        else
            PngPixels.FromTable(row, frame.Width, frame.Depth, table, (uint*)pixels);
        return true;
    }

    static bool TryFill(ZLibStream rows, Span<byte> strip)
    {
        while (!strip.IsEmpty)
        {
            if (!TryRead(rows, strip, out int count) || count == 0)
                return false;
            strip = strip[count..];
        }

        return true;
    }

    static bool IsAtEnd(ZLibStream rows)
    {
        byte more = 0;
        return TryRead(rows, new Span<byte>(ref more), out int count) && count == 0;
    }

    static bool TryRead(ZLibStream rows, Span<byte> bytes, out int count)
    {
        count = 0;
        try
        {
            count = rows.Read(bytes);
            return true;
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException)
        {
            return false; // the stream has no other way to say it
        }
    }
}
