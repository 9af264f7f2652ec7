using System.Diagnostics.CodeAnalysis;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Model.Imaging;

/// <summary>Small pictures for people to look at, upright as EXIF says. Thread-safe.</summary>
public sealed class PictureThumbnails
{
    /// <summary>Smallest longest side, in pixels.</summary>
    public const int MinSide = 16;

    /// <summary>Largest longest side, in pixels.</summary>
    public const int MaxSide = 1024;

    /// <summary>Media type of what is made.</summary>
    public const string MediaType = "image/jpeg";

    const int Quality = 85;

    static readonly IPictureEncoder Encoder = PictureEncoders.Create();

    readonly PictureDecoding decoding;

    /// <param name="limits">What a picture may cost. Null: the defaults of <see cref="PictureLimits"/>.</param>
    public PictureThumbnails(PictureLimits? limits = null) => decoding = new PictureDecoding(limits ?? new PictureLimits(), TruncatedPictures.Lenient);

    /// <summary>Makes a JPEG whose longest side is at most <paramref name="side"/>; a smaller picture keeps its size.</summary>
    /// <param name="file">The file's bytes; its name is never trusted.</param>
    /// <param name="side">In pixels, <see cref="MinSide"/> to <see cref="MaxSide"/>.</param>
    /// <param name="thumbnail">The JPEG when it succeeds.</param>
    /// <param name="error">Why not, when it does not.</param>
    /// <param name="cancellation">Checked between strips of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="side"/> is out of its range.</exception>
    public bool TryMake(
        ReadOnlySpan<byte> file,
        int side,
        [NotNullWhen(true)] out byte[]? thumbnail,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, MinSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, MaxSide);
        thumbnail = null;
        var exif = ExifOrientation.Upright;
        if (!decoding.TryDecode(file, Begin, out var shrunk, out error, cancellation))
            return false;
        var (pixels, width, height) = shrunk.Upright(PictureOrientation.FromExif(exif));
        thumbnail = Encoder.Jpeg(pixels, width, height, Quality);
        return true;

        AreaShrinker Begin(PictureHeader header)
        {
            exif = header.Orientation;
            return new AreaShrinker(side);
        }
    }
}
