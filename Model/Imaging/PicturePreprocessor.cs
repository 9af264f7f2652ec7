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

    readonly int resolution;
    readonly PictureDecoding decoding;
    readonly PixelBuffers buffers;

    /// <param name="resolution">Width and height of the result in pixels (<c>image_res</c> of the model).</param>
    /// <param name="limits">Null: the defaults of <see cref="PictureLimits"/>.</param>
    /// <param name="truncated">What to do with cut files. Default: what the reference does, use what is there.</param>
    /// <exception cref="ArgumentOutOfRangeException">The resolution is not between 1 and 4096.</exception>
    public PicturePreprocessor(int resolution, PictureLimits? limits = null, TruncatedPictures truncated = TruncatedPictures.Lenient)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resolution);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(resolution, 4096);
        (this.resolution, decoding) = (resolution, new PictureDecoding(limits ?? new PictureLimits(), truncated));
        buffers = new PixelBuffers(Channels * resolution * resolution);
    }

    /// <summary>Name and version of the codec library, such as <c>skia-4.155</c>. Part of cache keys: codecs differ in their pixels.</summary>
    public static string CodecId => PictureDecoding.CodecId;

    /// <inheritdoc/>
    public bool TryPreprocess(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        [NotNullWhen(true)] out float[]? pixels,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        pixels = null;
        var buffer = buffers.Rent();
        try
        {
            if (!TryResize(file, applyOrientation, buffer, out var resized, out error, cancellation))
                return false;
            resized.Dispose();
            pixels = buffer;
            return true;
        }
        finally
        {
            if (pixels is null)
                buffers.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Recycle(float[] pixels) => buffers.Return(pixels);

    /// <summary>Everything but the normalisation. Dispose of the result.</summary>
    internal bool TryResize(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        [NotNullWhen(true)] out PillowBicubic? resized,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        return TryResize(file, applyOrientation, null, out resized, out error, cancellation);
    }

    /// <summary>The whole picture, neither turned nor resized.</summary>
    internal bool TryDecode(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out DecodedPicture? picture,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation = default)
    {
        return decoding.TryDecode(file, header => new DecodedPicture { Orientation = header.Orientation }, out picture, out error, cancellation);
    }

    bool TryResize(
        ReadOnlySpan<byte> file,
        bool applyOrientation,
        float[]? normalized,
        [NotNullWhen(true)] out PillowBicubic? resized,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation)
    {
        return decoding.TryDecode(file, MakeSink, out resized, out error, cancellation);

        PillowBicubic MakeSink(PictureHeader header) => new(
            resolution, PictureOrientation.FromExif(applyOrientation ? header.Orientation : ExifOrientation.Upright), normalized: normalized);
    }
}
