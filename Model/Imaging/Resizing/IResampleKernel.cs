namespace MplugCluster.Model.Imaging.Resizing;

/// <summary>
/// The two inner loops of the resizer. Every implementation gives the same bytes: weighted sums in 32-bit integers, rounded, cut to 8 bits.
/// Pixels are four bytes each, all four of them resampled.
/// Source: python-pillow/Pillow 9.4.0 src/libImaging/Resample.c ImagingResampleHorizontal_8bpc, ImagingResampleVertical_8bpc, clip8.
/// </summary>
interface IResampleKernel
{
    /// <summary>Along the rows: each row of <c>axis.Inputs</c> pixels becomes one of <c>axis.Outputs</c>.</summary>
    /// <param name="source"><c>[rows, axis.Inputs, 4]</c>.</param>
    /// <param name="destination"><c>[rows, axis.Outputs, 4]</c>.</param>
    void Horizontal(ResampleAxis axis, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Across rows: one row of output from the rows of a window.</summary>
    /// <param name="rows">A buffer that holds the rows.</param>
    /// <param name="offsets">Where in the buffer each tap's row begins: as many as there are weights, in whole groups.</param>
    /// <param name="weights">Weights of the window, as <see cref="ResampleAxis.Weights"/> lays them out.</param>
    /// <param name="destination"><c>[width, 4]</c>.</param>
    void Vertical(ReadOnlySpan<byte> rows, ReadOnlySpan<int> offsets, ReadOnlySpan<short> weights, Span<byte> destination);
}
