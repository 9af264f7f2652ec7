using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging.Png;

/// <summary>Plain PNGs by <see cref="PlainPng"/>, which holds a few rows of them, and everything else by a codec library whose pixels are the same.</summary>
sealed class PlainPngDecoder(IImageDecoder library) : IImageDecoder
{
    public string Id => library.Id;

    public PictureError? Decode(
        ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        return PlainPng.TryDecode(file, header, sink, cancellation) ? null : library.Decode(file, header, truncated, sink, cancellation);
    }
}
