namespace MplugCluster.Silo.Options;

/// <summary>What a picture may cost: section <c>Mplug:Pictures</c>. Checked before any codec sees the file.</summary>
public sealed record PictureOptions
{
    /// <summary>Largest file, in bytes. Default: 33,554,432 (32 MiB).</summary>
    public int MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most pixels, width times height. Default: 100,000,000.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Most scans of one JPEG. Default: 100.</summary>
    public int MaxScans { get; init; } = 100;
}
