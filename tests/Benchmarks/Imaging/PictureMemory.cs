using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Benchmarks.Imaging;

/// <summary>The most memory that making the encoder's input of one picture takes; a process of its own, because the system counts by process.</summary>
static class PictureMemory
{
    /// <summary>Only reads the file.</summary>
    public const string Nothing = "nothing";

    const string Product = "as the product does";
    const string Library = "by the codec library alone";

    const int Side = 384;

    /// <summary>What is compared.</summary>
    public static IReadOnlyList<string> Ways { get; } = [Nothing, Product, Library];

    /// <summary>What that process does: prints VmHWM in kB.</summary>
    public static int Run(string way, string path)
    {
        var file = File.ReadAllBytes(path);
        if (!PictureHeaderReader.TryRead(file, out var header, out var error))
            throw new InvalidOperationException(error.Reason);
        using var resizer = new PillowBicubic(Side, PictureOrientation.FromExif(header.Orientation));
        var decoder = way == Library ? ImageDecoders.Library() : ImageDecoders.Create();
        if (way != Nothing)
            error = decoder.Decode(file, header, TruncatedPictures.Lenient, resizer, default);
        Console.WriteLine(OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim()
            : "unknown");
        return error is null ? 0 : 1;
    }
}
