namespace MplugCluster.Model.Imaging.Headers;

/// <summary>Names for files that are pictures elsewhere but not here, so that the reason is a useful one.</summary>
static class ForeignFormats
{
    const string Supported = "JPEG, PNG, WebP, GIF and BMP are";

    public static string Describe(ReadOnlySpan<byte> file) =>
        Name(file) is { } name ? $"{name} is not supported; {Supported}" : $"not a picture in a known format; {Supported} supported";

    static string? Name(ReadOnlySpan<byte> file) =>
        file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) ? "TIFF"
        : file.Length >= 12 && file[4..].StartsWith("ftyp"u8) ? "HEIF, AVIF or video"
        : file.StartsWith("8BPS"u8) ? "PSD"
        : file.StartsWith("\0\0\u0001\0"u8) ? "ICO"
        : file.StartsWith("\0\0\0\fjP  "u8) || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]) ? "JPEG 2000"
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || file.StartsWith("\0\0\0\fJXL "u8) ? "JPEG XL"
        : file.StartsWith("%PDF"u8) ? "PDF"
        : file.StartsWith("<svg"u8) || file.StartsWith("<?xml"u8) ? "SVG or XML"
        : null;
}
