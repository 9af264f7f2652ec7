using System.Buffers;
using System.Reflection;
using System.Runtime.InteropServices;
using MplugCluster.Model.Imaging.Headers;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace MplugCluster.Model.Imaging.ImageSharp;

/// <summary>
/// SixLabors.ImageSharp 2.1, 3.1 or 4, for decoding only; wholly managed. Not pixel-equal to the reference: its JPEG arithmetic differs from libjpeg's
/// (after the resize mostly by less than one level, in single pixels by tens), and 16-bit samples are rounded, not cut.
/// </summary>
sealed class ImageSharpDecoder(FrameBudget budget) : IImageDecoder
{
    const int StripRows = 16;

    // Only the formats that the header reader lets through, and one thread: callers run one picture per core.
    static readonly Configuration Codecs = Configured();

    public string Id { get; } = "imagesharp-" + typeof(Image).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    static Configuration Configured()
    {
        var codecs = new Configuration(
            new JpegConfigurationModule(),
            new PngConfigurationModule(),
            new WebpConfigurationModule(),
            new GifConfigurationModule(),
            new BmpConfigurationModule())
        {
            MaxDegreeOfParallelism = 1,
        };
#if IMAGESHARP_2
        codecs.ImageFormatsManager.SetDecoder(GifFormat.Instance, new GifDecoder { IgnoreMetadata = true, DecodingMode = SixLabors.ImageSharp.Metadata.FrameDecodingMode.First });
#endif
        return codecs;
    }

    public PictureError? Decode(
        ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var share = budget.Take(4 * header.Pixels, cancellation); // whatever the format is
        byte[] bytes = ArrayPool<byte>.Shared.Rent(file.Length);
        try
        {
            file.CopyTo(bytes);
            var error = TryLoad(bytes, file.Length, truncated, out var image, cancellation);
            if (image is null)
                return error;
            using (image)
                return Push(image, header, sink, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // A codec may throw anything at hostile bytes, and none of it is a reason for the caller to fail.
    static PictureError? TryLoad(
        byte[] bytes, int length, TruncatedPictures truncated, out Image<Rgba32>? image, CancellationToken cancellation)
    {
        image = null;
        try
        {
            using var stream = new MemoryStream(bytes, 0, length, writable: false);
            // On a MemoryStream this runs to its end right here; it is called because Load takes no cancellation token.
            image = Load(stream, truncated, cancellation).GetAwaiter().GetResult();
            return null;
        }
        catch (InvalidMemoryOperationException exception)
        {
            return Failure(PictureErrorCode.TooLarge, exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Failure(PictureErrorCode.Unreadable, exception);
        }
    }

    static PictureError? Push(Image<Rgba32> image, in PictureHeader header, IRowSink sink, CancellationToken cancellation)
    {
        int width = header.Width, height = header.Height;
        if (image.Width != width || image.Height != height)
        {
            return new(
                PictureErrorCode.Unreadable,
                $"the header says {width} x {height} pixels, the picture itself {image.Width} x {image.Height}");
        }

        sink.Begin(width, height, bottomUp: false);
        byte[] strip = ArrayPool<byte>.Shared.Rent(StripRows * width * 4);
        try
        {
            image.ProcessPixelRows(rows =>
            {
                for (int first = 0; first < height; first += StripRows)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int count = Math.Min(StripRows, height - first);
                    for (int row = 0; row < count; row++)
                        MemoryMarshal.AsBytes(rows.GetRowSpan(first + row)).CopyTo(strip.AsSpan(row * width * 4));
                    sink.Push(strip.AsSpan(0, count * width * 4));
                }
            });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strip);
        }
        return null;
    }

#if IMAGESHARP_2
    static Task<Image<Rgba32>> Load(MemoryStream stream, TruncatedPictures truncated, CancellationToken cancellation)
    {
        _ = truncated; // this version knows one way only
        return Image.LoadAsync<Rgba32>(Codecs, stream, cancellation);
    }
#else
    static Task<Image<Rgba32>> Load(MemoryStream stream, TruncatedPictures truncated, CancellationToken cancellation) =>
        Image.LoadAsync<Rgba32>(Options(truncated), stream, cancellation);

    static DecoderOptions Options(TruncatedPictures truncated) => new()
    {
        Configuration = Codecs,
        MaxFrames = 1,
        SkipMetadata = true,
#if IMAGESHARP_4
        ColorProfileHandling = ColorProfileHandling.Preserve,
        SegmentIntegrityHandling = truncated == TruncatedPictures.Lenient
            ? SegmentIntegrityHandling.IgnoreImageData
            : SegmentIntegrityHandling.IgnoreAncillary,
#endif
    };
#endif

    static PictureError Failure(PictureErrorCode code, Exception exception) =>
        new(code, $"the decoder refused the file: {exception.Message.ReplaceLineEndings(" ")}");
}
