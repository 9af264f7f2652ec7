using MplugCluster.Model.Imaging.Headers;

namespace MplugCluster.Model.Imaging;

/// <summary>What a picture may cost. Checked on the bytes and the header, before any codec sees the file.</summary>
public sealed record PictureLimits
{
    /// <summary>Largest file, in bytes. Default: 33,554,432 (32 MiB).</summary>
    public int MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Most pixels, width times height. Default: 100,000,000. It bounds the processor's time as well as the memory, so that it holds for formats which are
    /// decoded in strips, too: a file of <see cref="MaxBytes"/> may claim a thousand times as many.
    /// </summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Longest side, in pixels. Default: 65,500 (the most a JPEG can have).</summary>
    public int MaxSide { get; init; } = 65_500;

    /// <summary>Most scans of one JPEG; each scan of a progressive file is a pass over all its pixels. Default: 100.</summary>
    public int MaxScans { get; init; } = 100;

    /// <summary>Most pixels times scans of one JPEG. Default: 1,000,000,000.</summary>
    public long MaxPixelScans { get; init; } = 1_000_000_000;

    internal PictureError? Check(int bytes) =>
        bytes > MaxBytes ? TooLarge($"{bytes} bytes, more than the limit of {MaxBytes}") : null;

    internal PictureError? Check(in PictureHeader header)
    {
        var (width, height) = (header.Width, header.Height);
        if (Math.Max(width, height) > MaxSide)
            return TooLarge($"{width} x {height} pixels, a side longer than the limit of {MaxSide}");
        if (header.Pixels > MaxPixels)
            return TooLarge($"{width} x {height} = {Count(header.Pixels)} pixels, more than the limit of {Count(MaxPixels)}");
        if (header.Scans > MaxScans)
            return TooLarge($"{header.Scans} JPEG scans, more than the limit of {MaxScans}");
        if (header.Pixels * header.Scans > MaxPixelScans)
        {
            return TooLarge($"{width} x {height} pixels in {header.Scans} JPEG scans = {Count(header.Pixels * header.Scans)} "
                + $"pixel passes, more than the limit of {Count(MaxPixelScans)}");
        }
        return null;
    }

    static PictureError TooLarge(string reason) => new(PictureErrorCode.TooLarge, reason);

    // Six decimals of a million is every digit: a value just over a limit never prints as the limit.
    static string Count(long number) => number < 1_000_000 ? $"{number}" : $"{number / 1e6:0.######} million";
}
