using System.Buffers;
using System.Runtime.Intrinsics.X86;
using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>
/// Decodes the JPEGs that photographs usually are, with libjpeg's pixels, bit for bit, and in managed code. It mends nothing: a file that is cut,
/// damaged or unusual is for the codec library.
/// </summary>
static unsafe class PlainJpeg
{
    const int RowsAtOnce = 4; // as the resizer likes them

    /// <summary>Whether this processor can do it.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Pushes every row of the picture.</summary>
    /// <param name="file">Whole file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <param name="cancellation">Checked between strips of rows.</param>
    /// <returns>False: it is not for us. Rows may have been pushed by then.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> file, in PictureHeader header, IRowSink sink, CancellationToken cancellation)
    {
        if (!IsSupported || header.Format != PictureFormat.Jpeg || header.Scans != 1 || header.Truncated)
            return false;
        var tables = JpegTables.OfThread();
        if (JpegFrame.TryRead(file, tables) is not { } frame || IsTooNarrow(frame, header.Width))
            return false;

        using var planes = new JpegPlanes(frame, header.Width, header.Height);
        int rowBytes = 4 * header.Width;
        byte[] strip = ArrayPool<byte>.Shared.Rent(RowsAtOnce * rowBytes + JpegPlanes.Overhang);
        try
        {
            fixed (byte* bytes = file, pixels = strip)
            {
                var scan = new JpegScan(frame, tables, planes, bytes, file.Length);
                int pushed = 0;
                sink.Begin(header.Width, header.Height, bottomUp: false);
                for (int unitRow = 0; unitRow < planes.UnitsDown; unitRow++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (!scan.TryReadUnits(unitRow))
                        return false;
                    int complete = planes.CompleteRows(unitRow + 1, header.Height);
                    while (complete - pushed >= RowsAtOnce || (complete == header.Height && pushed < complete))
                    {
                        int count = Math.Min(RowsAtOnce, complete - pushed);
                        for (int row = 0; row < count; row++)
                            planes.WritePixels(pushed + row, pixels + row * (nint)rowBytes);
                        sink.Push(strip.AsSpan(0, count * rowBytes));
                        pushed += count;
                    }
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strip);
        }
    }

    // Of chroma of one or two columns libjpeg makes no soft transitions.
    static bool IsTooNarrow(in JpegFrame frame, int width) => frame.HasColour && frame.Luma.Columns == 2 && width <= 4;
}
