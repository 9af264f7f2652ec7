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
    readonly int _side;
    readonly PictureOrientation _orientation;
    readonly IResampleKernel _kernel;
    readonly byte[] _pixels;
    ResampleAxis? _columns;
    ResampleAxis? _rows;
    byte[] _ring = [];
    byte[] _line = [];
    int[] _offsets = [];
    int _ringRows;
    int _pushed;
    int _emitted;

    /// <param name="side">Width and height of the result in pixels.</param>
    /// <param name="orientation">From the stored to the upright picture.</param>
    /// <param name="kernel">Null: the fastest this processor has.</param>
    public PillowBicubic(int side, PictureOrientation orientation, IResampleKernel? kernel = null)
    {
        (_side, _orientation, _kernel) = (side, orientation, kernel ?? ResampleKernels.Fastest);
        _pixels = ArrayPool<byte>.Shared.Rent(4 * side * side);
    }

    /// <summary>The upright result, <c>[side, side, 4]</c>: red, green, blue and one byte that means nothing. Complete after the last row.</summary>
    public ReadOnlySpan<byte> Pixels => _rows is { } rows && _pushed == rows.Inputs
        ? _pixels.AsSpan(0, 4 * _side * _side)
        : throw new InvalidOperationException($"{_pushed} rows pushed of {_rows?.Inputs ?? 0}: the result is not complete");

    // What the ring holds: rows already resampled along their length, or, when the columns go first, rows as they came.
    int RingRowBytes => 4 * (_orientation.SwapsAxes ? _columns!.Inputs : _side);

    public void Begin(int width, int height, bool bottomUp)
    {
        if (_rows is not null)
            throw new InvalidOperationException("Begin was called twice");
        _columns = new ResampleAxis(width, _side, _orientation.MirrorsColumns);
        _rows = new ResampleAxis(height, _side, _orientation.MirrorsRows ^ bottomUp);
        _ringRows = Math.Min(height, _rows.MaxWindow) + ResampleAxis.GroupTaps; // the slack is for rows that come four at a time
        _ringRows -= _ringRows % ResampleAxis.GroupTaps;
        _ring = ArrayPool<byte>.Shared.Rent(_ringRows * RingRowBytes);
        _line = ArrayPool<byte>.Shared.Rent(RingRowBytes + 4 * _side);
        _offsets = ArrayPool<int>.Shared.Rent(_rows.MaxWindow);
    }

    public void Push(ReadOnlySpan<byte> rows)
    {
        var (columns, height) = (_columns!, _rows!.Inputs);
        int rowBytes = 4 * columns.Inputs;
        while (!rows.IsEmpty)
        {
            int slot = _pushed % _ringRows;
            int count = Math.Min(rows.Length / rowBytes, ResampleAxis.GroupTaps - slot % ResampleAxis.GroupTaps);
            if (count == 0 || _pushed + count > height)
                throw new ArgumentException($"rows {_pushed} to {_pushed + count} of {height}, {rows.Length} bytes left, {rowBytes} a row", nameof(rows));
            var arrived = rows[..(count * rowBytes)];
            var kept = _ring.AsSpan(slot * RingRowBytes, count * RingRowBytes);
            if (_orientation.SwapsAxes)
                arrived.CopyTo(kept);
            else
                _kernel.Horizontal(columns, arrived, kept);
            _pushed += count;
            rows = rows[arrived.Length..];
            EmitCompleteWindows();
        }
    }

    public void Dispose()
    {
        _columns?.Dispose();
        _rows?.Dispose();
        ArrayPool<byte>.Shared.Return(_pixels);
        if (_rows is null)
            return;
        ArrayPool<byte>.Shared.Return(_ring);
        ArrayPool<byte>.Shared.Return(_line);
        ArrayPool<int>.Shared.Return(_offsets);
    }

    void EmitCompleteWindows()
    {
        var rows = _rows!;
        for (; _emitted < _side; _emitted++)
        {
            int output = rows.IsMirrored ? _side - 1 - _emitted : _emitted; // windows in the order in which they fill
            int start = rows.Starts[output];
            int window = rows.GroupCounts[output] * ResampleAxis.GroupTaps;
            if (_pushed < Math.Min(start + window, rows.Inputs))
                return;
            var offsets = _offsets.AsSpan(0, window);
            for (int tap = 0; tap < window; tap++)
                offsets[tap] = Math.Min(start + tap, rows.Inputs - 1) % _ringRows * RingRowBytes; // taps beyond the last row weigh 0
            Emit(output, offsets, rows.Weights(output));
        }
    }

    void Emit(int output, ReadOnlySpan<int> offsets, ReadOnlySpan<short> weights)
    {
        var resized = MemoryMarshal.Cast<byte, uint>(_pixels.AsSpan(0, 4 * _side * _side));
        if (!_orientation.SwapsAxes)
        {
            _kernel.Vertical(_ring, offsets, weights, MemoryMarshal.AsBytes(resized.Slice(output * _side, _side)));
            return;
        }
        var line = _line.AsSpan(0, RingRowBytes);
        var upright = _line.AsSpan(line.Length, 4 * _side);
        _kernel.Vertical(_ring, offsets, weights, line);
        _kernel.Horizontal(_columns!, line, upright);
        var column = MemoryMarshal.Cast<byte, uint>(upright);
        for (int row = 0; row < column.Length; row++)
            resized[row * _side + output] = column[row];
    }
}
