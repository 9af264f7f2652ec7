using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging;

/// <summary>
/// A codec library: from a file's bytes to 8-bit RGB rows, first frame only, colour profiles ignored, alpha dropped and not composited. Thread-safe.
/// </summary>
interface IImageDecoder
{
    /// <summary>Name and version; part of cache keys, because codecs differ in their pixels.</summary>
    string Id { get; }

    /// <summary>Decodes a file whose header has been read and passed the limits. Stored orientation: rows are never turned.</summary>
    /// <param name="file">Of a JPEG, with its end-of-image marker.</param>
    /// <param name="header">What <see cref="PictureHeaderReader"/> found.</param>
    /// <param name="truncated">Whether rows that the file lacks may be filled up.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <param name="cancellation">Checked between strips of rows.</param>
    /// <returns>Null when every row was pushed; else why not. Rows may have been pushed by then.</returns>
    PictureError? Decode(
        ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation);
}
