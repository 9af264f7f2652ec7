using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Model.Imaging;

/// <summary>
/// Pillow's and torchvision's preprocessing: decode to RGB, resize to a square by antialiased bicubic (aspect ratio not kept), normalise.
/// The limits hold before any codec sees the file. Thread-safe.
/// Source: modelscope/modelscope modelscope/preprocessors/multi_modal.py MPlugPreprocessor; X-PLUG/AliceMind mPLUG/dataset.
/// </summary>
public sealed class PicturePreprocessor : IPicturePreprocessor
{
    const int Channels = 3;

    static readonly IImageDecoder Decoder = ImageDecoders.Create();

    readonly int resolution;
    readonly PictureLimits limits;
    readonly TruncatedPictures truncated;

    /// <param name="resolution">Width and height of the result in pixels (<c>image_res</c> of the model).</param>
    /// <param name="limits">Null: the defaults of <see cref="PictureLimits"/>.</param>
    /// <param name="truncated">What to do with cut files. Default: what the reference does, use what is there.</param>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is not between 1 and 4096.</exception>
    public PicturePreprocessor(int resolution, PictureLimits? limits = null, TruncatedPictures truncated = TruncatedPictures.Lenient)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resolution);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resolution, 4096);
        (this.resolution, this.limits, this.truncated) = (resolution, limits ?? new PictureLimits(), truncated);
    }

    /// <summary>Name and version of the codec library, such as <c>skia-4.155</c>. Part of cache keys: codecs differ in their pixels.</summary>
    public static string CodecId => Decoder.Id;

    /// <inheritdoc/>
    public bool TryPreprocess(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        [NotNullWhen(true)] out float[]? pixels,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        pixels = null;
        if (!TryResize(file, applyOrientation, out var resized, out error, cancellation))
            return false;
        using (resized)
        {
            pixels = GC.AllocateUninitializedArray<float>(Channels * resolution * resolution);
            ChannelNormalization.Apply(resized.Pixels, pixels);
        }
        return true;
    }

    /// <summary>Everything but the normalisation. Dispose of the result.</summary>
    internal bool TryResize(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        [NotNullWhen(true)] out PillowBicubic? resized,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        resized = null;
        if (!TryReadHeader(file, out var header, out error))
            return false;
        var orientation = PictureOrientation.FromExif(applyOrientation ? header.Orientation : ExifOrientation.Upright);
        using var share = FrameBudget.Shared.Take(header.FrameBytes, cancellation);
        var resizer = new PillowBicubic(resolution, orientation);
        try
        {
            error = Decode(file, header, resizer, cancellation);
            resized = error is null ? resizer : null;
            return error is null;
        }
        finally
        {
            if (resized is null)
                resizer.Dispose();
        }
    }

    /// <summary>The whole picture, neither turned nor resized.</summary>
    internal bool TryDecode(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out DecodedPicture? picture,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        picture = null;
        if (!TryReadHeader(file, out var header, out error))
            return false;
        using var share = FrameBudget.Shared.Take(header.FrameBytes, cancellation);
        var whole = new DecodedPicture { Orientation = header.Orientation };
        error = Decode(file, header, whole, cancellation);
        picture = error is null ? whole : null;
        return error is null;
    }

    bool TryReadHeader(ReadOnlySpan<byte> file, out PictureHeader header, [NotNullWhen(false)] out PictureError? error)
    {
        header = default;
        error = limits.Check(file.Length);
        if (error is not null || !PictureHeaderReader.TryRead(file, out header, out error))
            return false;
        error = limits.Check(header);
        return error is null;
    }

    PictureError? Decode(ReadOnlySpan<byte> file, in PictureHeader header, IRowSink sink, CancellationToken cancellation)
    {
        if (!header.Truncated)
            return Decoder.Decode(file, header, truncated, sink, cancellation);
        if (truncated == TruncatedPictures.Reject)
            return new(PictureErrorCode.Unreadable, "the file is cut: the JPEG has no end-of-image marker");

        // With the missing marker in place codecs fill up as libjpeg does for Pillow; without it Skia leaves the rest black.
        byte[] ended = ArrayPool<byte>.Shared.Rent(file.Length + JpegHeader.End.Length);
        try
        {
            file.CopyTo(ended);
            JpegHeader.End.CopyTo(ended.AsSpan(file.Length));
            return Decoder.Decode(ended.AsSpan(0, file.Length + JpegHeader.End.Length), header, truncated, sink, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ended);
        }
    }
}
