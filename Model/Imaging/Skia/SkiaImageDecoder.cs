using System.Buffers;
using MplugCluster.Model.Imaging.Headers;
using SkiaSharp;

namespace MplugCluster.Model.Imaging.Skia;

/// <summary>
/// SkiaSharp, for decoding only. With straight alpha and without a colour space its pixels are those of libjpeg, libpng and libwebp, and so Pillow's.
/// JPEG and BMP come in strips of rows, other formats as whole frames outside the managed heap: for those Skia has no scanlines ("Unimplemented", in
/// 4.155), and what it calls incremental decoding fills a whole frame as its input comes (PNG, GIF), and asked for a part of a PNG begins anew for each.
/// Plain PNGs are therefore decoded by <see cref="Png.PlainPng"/> and do not get here. A lossless WebP is held by libwebp, too, whoever asks.
/// Known differences from Pillow: 16-bit grey gives its high byte; transparent pixels of a GIF are black, where Pillow keeps the palette's colour.
/// </summary>
sealed unsafe class SkiaImageDecoder(FrameBudget budget) : IImageDecoder
{
    const int StripRows = 16; // one row of blocks of a JPEG with halved chroma

    public string Id { get; } = $"skia-{typeof(SKCodec).Assembly.GetName().Version!.ToString(2)}";

    public PictureError? Decode(
        ReadOnlySpan<byte> file, in PictureHeader header, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var share = budget.Take(header.FrameBytes, cancellation);
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null)
                return Unreadable($"the {header.Format} file is cut or damaged: no picture was found in it");
            if (codec.EncodedFormat != Encoded(header.Format))
                return Unreadable($"the file begins as {header.Format} and goes on as {codec.EncodedFormat}");
            if (codec.Info.Width != header.Width || codec.Info.Height != header.Height)
            {
                return Unreadable($"the header says {header.Width} x {header.Height} pixels, "
                    + $"the picture itself {codec.Info.Width} x {codec.Info.Height}");
            }

            var info = new SKImageInfo(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
            bool inStrips = header.Format is PictureFormat.Jpeg or PictureFormat.Bmp
                && codec.StartScanlineDecode(info) == SKCodecResult.Success;
            return inStrips
                ? DecodeStrips(codec, info, truncated, sink, cancellation)
                : DecodeFrame(codec, info, truncated, sink, cancellation);
        }
    }

    static PictureError? DecodeStrips(
        SKCodec codec, SKImageInfo info, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        // Skia turns the rows inside a strip of a bottom-up BMP, but not the order of the strips: one row at a time there is no doubt.
        bool bottomUp = codec.ScanlineOrder == SKCodecScanlineOrder.BottomUp;
        int stripRows = bottomUp ? 1 : StripRows;
        sink.Begin(info.Width, info.Height, bottomUp);
        byte[] strip = ArrayPool<byte>.Shared.Rent(stripRows * info.RowBytes);
        try
        {
            bool complete = true;
            for (int row = 0; row < info.Height; row += stripRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(stripRows, info.Height - row);
                int decoded = 0;
                if (complete)
                {
                    fixed (byte* rows = strip)
                        decoded = codec.GetScanlines((nint)rows, count, info.RowBytes);
                }
                if (decoded < count)
                {
                    if (row + decoded == 0)
                        return Unreadable("the file is cut or damaged: not one row could be decoded");
                    if (truncated == TruncatedPictures.Reject)
                        return Unreadable($"the file is cut or damaged: {row + decoded} of {info.Height} rows could be decoded");
                    complete = false;
                    strip.AsSpan(decoded * info.RowBytes).Clear();
                }
                sink.Push(strip.AsSpan(0, count * info.RowBytes));
            }
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(strip);
        }
    }

    static PictureError? DecodeFrame(
        SKCodec codec, SKImageInfo info, TruncatedPictures truncated, IRowSink sink, CancellationToken cancellation)
    {
        // Cleared, because rows that a cut file lacks are black in the reference.
        var size = (nuint)info.Height * (nuint)info.RowBytes;
        var frame = FrameMemory.Rent(size);
        try
        {
            var result = codec.GetPixels(info, (nint)frame, info.RowBytes, SKCodecOptions.Default);
            bool cut = result == SKCodecResult.IncompleteInput;
            if (result != SKCodecResult.Success && !(cut && truncated == TruncatedPictures.Lenient))
                return Unreadable(cut ? "the file is cut: it ends before the picture does" : $"the file is damaged: {result}");

            sink.Begin(info.Width, info.Height, bottomUp: false);
            for (int row = 0; row < info.Height; row += StripRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(StripRows, info.Height - row);
                sink.Push(new ReadOnlySpan<byte>(frame + (nint)row * info.RowBytes, count * info.RowBytes));
            }
            return null;
        }
        finally
        {
            FrameMemory.Return(frame, size);
        }
    }

    static SKEncodedImageFormat Encoded(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => SKEncodedImageFormat.Jpeg,
        PictureFormat.Png => SKEncodedImageFormat.Png,
        PictureFormat.WebP => SKEncodedImageFormat.Webp,
        PictureFormat.Gif => SKEncodedImageFormat.Gif,
        _ => SKEncodedImageFormat.Bmp,
    };

    static PictureError Unreadable(string reason) => new(PictureErrorCode.Unreadable, reason);
}
