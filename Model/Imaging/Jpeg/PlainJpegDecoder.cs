using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>Plain JPEGs by <see cref="PlainJpeg"/>, which is faster, and everything else by a codec library whose pixels are the same.</summary>
/// <remarks>
/// The same for whatever an encoder makes. Coefficients that none makes, as of a file that was tampered with, may overflow 16 bits; there libjpeg-turbo's
/// vector code, which this follows, saturates, and the library's build wraps.
/// </remarks>
sealed class PlainJpegDecoder(IImageDecoder library) : IImageDecoder
{
    public string Id => library.Id;

    public PictureError? Decode(
        ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        return PlainJpeg.TryDecode(file, header, sink, cancellation) ? null : library.Decode(file, header, truncated, sink, cancellation);
    }
}
