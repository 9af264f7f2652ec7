using System.Diagnostics.CodeAnalysis;

namespace MplugCluster.Model.Imaging.Headers;

/// <summary>Reads the header of any supported file. Managed, bounded by the span, and total: hostile bytes give a value, never an exception.</summary>
static class PictureHeaderReader
{
    public static bool TryRead(ReadOnlySpan<byte> file, out PictureHeader header, [NotNullWhen(false)] out PictureError? error)
    {
        header = default;
        error = null;
        if (file.IsEmpty)
        {
            error = new(PictureErrorCode.Unreadable, "the file is empty");
        }
        else if (Sniff(file) is not { } format)
        {
            error = new(PictureErrorCode.Unsupported, ForeignFormats.Describe(file));
        }
        else if (Parse(format, file) is not { } parsed)
        {
            error = new(PictureErrorCode.Unreadable, $"the {format} header is cut or damaged ({file.Length} bytes)");
        }
        else if (parsed.Width <= 0 || parsed.Height <= 0)
        {
            error = new(PictureErrorCode.Unreadable, $"the {format} header says {parsed.Width} x {parsed.Height} pixels");
        }
        else
        {
            header = parsed;
        }
        return error is null;
    }

    static PictureFormat? Sniff(ReadOnlySpan<byte> file) =>
        file.StartsWith(JpegHeader.Magic) ? PictureFormat.Jpeg
        : file.StartsWith(PngHeader.Magic) ? PictureFormat.Png
        : WebPHeader.Matches(file) ? PictureFormat.WebP
        : GifHeader.Matches(file) ? PictureFormat.Gif
        : file.StartsWith(BmpHeader.Magic) ? PictureFormat.Bmp
        : null;

    static PictureHeader? Parse(PictureFormat format, ReadOnlySpan<byte> file) => format switch
    {
        PictureFormat.Jpeg => JpegHeader.Parse(file),
        PictureFormat.Png => PngHeader.Parse(file),
        PictureFormat.WebP => WebPHeader.Parse(file),
        PictureFormat.Gif => GifHeader.Parse(file),
        _ => BmpHeader.Parse(file),
    };
}
