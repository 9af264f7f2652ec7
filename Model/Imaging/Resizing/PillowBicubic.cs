using System.Buffers;
using System.Runtime.InteropServices;

namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>
/// Pillow's antialiased bicubic resize to a square, bit for bit, on rows as they arrive from a decoder. Not thread-safe; one per picture.
/// Pillow runs along the rows first, rounds to 8 bits, then runs down the columns. Of a picture whose orientation swaps the axes, the upright rows are
/// the stored columns, so there the stored columns go first. Either way a ring buffer holds the window of rows that the vertical pass needs, and no
/// turned copy is made.
/// Source: python-pillow/Pillow 9.4.0 src/libImaging/Resample.c ImagingResampleInner; src/PIL/ImageOps.py exif_transpose.
/// </summary>
sealed class PillowBicubic : IRowSink, IDisposable
{
    readonly int side;
    readonly PictureOrientation orientation;
    readonly IResampleKernel kernel;
    readonly float[]? normalized;
    readonly byte[] result;
    ResampleAxis? columnAxis;
    ResampleAxis? rowAxis;
    byte[] ring = [];
    byte[] lineBuffer = [];
    int[] offsetBuffer = [];
    int ringRows;
    int pushed;
    int emitted;

    /// <param name="side">Width and height of the result in pixels.</param>
    /// <param name="orientation">From the stored to the upright picture.</param>
    /// <param name="kernel">Null: the fastest this processor has.</param>
    /// <param name="normalized">Takes the result as the encoder wants it, <c>[3, side, side]</c>, row by row as it is made.</param>
    public PillowBicubic(int side, PictureOrientation orientation, IResampleKernel? kernel = null, float[]? normalized = null)
    {
        (this.side, this.orientation, this.kernel, this.normalized) = (side, orientation, kernel ?? ResampleKernels.Fastest, normalized);
        result = ArrayPool<byte>.Shared.Rent(4 * side * side);
    }

    /// <summary>The upright result, <c>[side, side, 4]</c>: red, green, blue and one byte that means nothing. Complete after the last row.</summary>
    public ReadOnlySpan<byte> Pixels => rowAxis is { } rows && pushed == rows.Inputs
        ? result.AsSpan(0, 4 * side * side)
        : throw new InvalidOperationException($"{pushed} rows pushed of {rowAxis?.Inputs ?? 0}: the result is not complete");

    // What the ring holds: rows already resampled along their length, or, when the columns go first, rows as they came.
    int RingRowBytes => 4 * (orientation.SwapsAxes ? columnAxis!.Inputs : side);

    public void Begin(int width, int height, bool bottomUp)
    {
        GiveUpBuffers();
        (pushed, emitted) = (0, 0);
        columnAxis = ResampleAxes.Rent(width, side, orientation.MirrorsColumns);
        rowAxis = ResampleAxes.Rent(height, side, orientation.MirrorsRows ^ bottomUp);
        ringRows = Math.Min(height, rowAxis.MaxWindow) + ResampleAxis.GroupTaps; // the slack is for rows that come four at a time
        ringRows -= ringRows % ResampleAxis.GroupTaps;
        ring = ArrayPool<byte>.Shared.Rent(ringRows * RingRowBytes);
        lineBuffer = ArrayPool<byte>.Shared.Rent(RingRowBytes + 4 * side);
        offsetBuffer = ArrayPool<int>.Shared.Rent(rowAxis.MaxWindow);
    }

    public void Push(ReadOnlySpan<byte> rows)
    {
        var (columns, height) = (columnAxis!, rowAxis!.Inputs);
        int rowBytes = 4 * columns.Inputs;
        while (!rows.IsEmpty)
        {
            int slot = pushed % ringRows;
            int count = Math.Min(rows.Length / rowBytes, ResampleAxis.GroupTaps - slot % ResampleAxis.GroupTaps);
            if (count == 0 || pushed + count > height)
                throw new ArgumentException($"rows {pushed} to {pushed + count} of {height}, {rows.Length} bytes left, {rowBytes} a row", nameof(rows));
            var arrived = rows[..(count * rowBytes)];
            var kept = ring.AsSpan(slot * RingRowBytes, count * RingRowBytes);
            if (orientation.SwapsAxes)
                arrived.CopyTo(kept);
            else
                kernel.Horizontal(columns, arrived, kept);
            pushed += count;
            rows = rows[arrived.Length..];
            EmitCompleteWindows();
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(result);
        GiveUpBuffers();
    }

    void GiveUpBuffers()
    {
        if (columnAxis is null || rowAxis is null)
            return;
        ResampleAxes.Return(columnAxis);
        ResampleAxes.Return(rowAxis);
        (columnAxis, rowAxis) = (null, null);
        ArrayPool<byte>.Shared.Return(ring);
        ArrayPool<byte>.Shared.Return(lineBuffer);
        ArrayPool<int>.Shared.Return(offsetBuffer);
        (ring, lineBuffer, offsetBuffer) = ([], [], []); // should Begin fail half-way, nothing is returned twice
    }

    void EmitCompleteWindows()
    {
        var rows = rowAxis!;
        for (; emitted < side; emitted++)
        {
            int output = rows.IsMirrored ? side - 1 - emitted : emitted; // windows in the order in which they fill
            int start = rows.Starts[output];
            int window = rows.GroupCounts[output] * ResampleAxis.GroupTaps;
            if (pushed < Math.Min(start + window, rows.Inputs))
                return;
            var offsets = offsetBuffer.AsSpan(0, window);
            for (int tap = 0; tap < window; tap++)
                offsets[tap] = Math.Min(start + tap, rows.Inputs - 1) % ringRows * RingRowBytes; // taps beyond the last row weigh 0
            Emit(output, offsets, rows.Weights(output));
        }
    }

    void Emit(int output, ReadOnlySpan<int> offsets, ReadOnlySpan<short> weights)
    {
        var resized = MemoryMarshal.Cast<byte, uint>(result.AsSpan(0, 4 * side * side));
        if (!orientation.SwapsAxes)
        {
            var row = MemoryMarshal.AsBytes(resized.Slice(output * side, side));
            kernel.Vertical(ring, offsets, weights, row);
            if (normalized is not null)
                ChannelNormalization.ApplyRow(row, normalized, output);
            return;
        }
        var line = lineBuffer.AsSpan(0, RingRowBytes);
        var upright = lineBuffer.AsSpan(line.Length, 4 * side);
        kernel.Vertical(ring, offsets, weights, line);
        kernel.Horizontal(columnAxis!, line, upright);
        var column = MemoryMarshal.Cast<byte, uint>(upright);
        for (int row = 0; row < column.Length; row++)
            resized[row * side + output] = column[row];
        if (normalized is not null && emitted == side - 1)
            ChannelNormalization.Apply(MemoryMarshal.AsBytes(resized), normalized);
    }
}
