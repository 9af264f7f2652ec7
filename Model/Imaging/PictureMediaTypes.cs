using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging;

/// <summary>What a picture file may be called over HTTP: only formats of pixels, known by their bytes.</summary>
public static class PictureMediaTypes
{
    /// <summary>The media type; null where the bytes are no picture that we read.</summary>
    public static string? Of(ReadOnlySpan<byte> file) => !PictureHeaderReader.TryRead(file, out var header, out _) ? null : header.Format switch
    {
        PictureFormat.Jpeg => "image/jpeg",
        PictureFormat.Png => "image/png",
        PictureFormat.WebP => "image/webp",
        PictureFormat.Gif => "image/gif",
        _ => "image/bmp",
    };
}
