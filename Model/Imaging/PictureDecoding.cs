using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging;

/// <summary>From a file's bytes to rows of pixels; the limits hold before any codec sees the file. Thread-safe.</summary>
sealed class PictureDecoding(PictureLimits limits, TruncatedPictures truncated)
{
    static readonly IImageDecoder Decoder = ImageDecoders.Create();

    /// <summary>Name and version of the codec library.</summary>
    public static string CodecId => Decoder.Id;

    /// <summary>Pushes a picture's rows into the sink that is made for its header. A sink that was not filled is disposed of here.</summary>
    public bool TryDecode<TSink>(
        ReadOnlySpan<byte> file,
        Func<PictureHeader, TSink> makeSink,
        [NotNullWhen(true)] out TSink? filled,
        [NotNullWhen(false)] out PictureError? error,
        CancellationToken cancellation)
        where TSink : class, IRowSink
    {
        filled = null;
        error = limits.Check(file.Length);
        if (error is not null || !PictureHeaderReader.TryRead(file, out var header, out error))
            return false;
        error = limits.Check(header);
        if (error is not null)
            return false;

        var sink = makeSink(header);
        try
        {
            error = Decode(file, header, sink, cancellation);
            filled = error is null ? sink : null;
            return error is null;
        }
        finally
        {
            if (filled is null)
                (sink as IDisposable)?.Dispose();
        }
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
