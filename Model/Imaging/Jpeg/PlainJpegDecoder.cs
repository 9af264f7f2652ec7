using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging.Jpeg;

/// <summary>Plain JPEGs by <see cref="PlainJpeg"/>, which is faster, and everything else by a codec library whose pixels are the same.</summary>
sealed class PlainJpegDecoder(IImageDecoder library) : IImageDecoder
{
    public string Id => library.Id;

    public PictureError? Decode(
        ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        return PlainJpeg.TryDecode(file, header, sink, cancellation) ? null : library.Decode(file, header, truncated, sink, cancellation);
    }
}
