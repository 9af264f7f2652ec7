using System.Globalization;
using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Imaging.Headers;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Benchmarks.Imaging;

/// <summary>One picture and what its stages cost.</summary>
sealed class PictureCase
{
    const int StripRows = 16;

    /// <summary>Pixels of the pictures of a run: small ones are repeated, because the clock of the processor is coarse.</summary>
    const int PixelsPerRun = 12_000_000;

    readonly string name;
    readonly byte[] file;
    readonly PictureHeader header;
    readonly int repeats;
    readonly int side;
    readonly PicturePreprocessor preprocessor;
    readonly IImageDecoder decoder = ImageDecoders.Create();
    readonly IImageDecoder library = ImageDecoders.Library();
    readonly DecodedPicture decoded;
    readonly float[] normalized;
    readonly Samples headerTime = new(), decodeTime = new(), libraryTime = new(), resizeTime = new(), allTime = new(), systemTime = new(), managedBytes = new();

    public PictureCase(string path, int side)
    {
        (Path, name, file, this.side) = (path, System.IO.Path.GetFileName(path), File.ReadAllBytes(path), side);
        preprocessor = new PicturePreprocessor(side);
        normalized = new float[3 * side * side];
        if (!PictureHeaderReader.TryRead(file, out header, out var error) || !preprocessor.TryDecode(file, out var picture, out error))
            throw new InvalidOperationException($"{path}: {error.Reason}");
        decoded = picture;
        repeats = (int)Math.Clamp(PixelsPerRun / header.Pixels, 1, 40);
    }

    /// <summary>Where the picture is.</summary>
    public string Path { get; }

    /// <summary>How many there are.</summary>
    public long Pixels => header.Pixels;

    /// <summary>A row of the table.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {header.Width} x {header.Height} | {file.Length} | {headerTime.Median:0.000} | {decodeTime.Median:0.00} | {libraryTime.Median:0.00} | {resizeTime.Median:0.00} | {allTime.Median:0.00} | {systemTime.Median:0.00} | {managedBytes.Median:0} |");

    /// <summary>Runs every stage.</summary>
    public void Measure(bool keep)
    {
        var stages = new (Samples Samples, Action Work)[]
        {
            (headerTime, () => PictureHeaderReader.TryRead(file, out _, out _)),
            (decodeTime, () => decoder.Decode(file, header, TruncatedPictures.Lenient, new Nowhere(), default)),
            (libraryTime, () => library.Decode(file, header, TruncatedPictures.Lenient, new Nowhere(), default)),
            (resizeTime, Resize),
        };
        foreach (var (samples, work) in stages)
        {
            var (user, _) = Time(work);
            if (keep)
                samples.Add(user);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var all = Time(Preprocess);
        if (!keep)
            return;
        managedBytes.Add((GC.GetAllocatedBytesForCurrentThread() - before) / repeats);
        allTime.Add(all.User);
        systemTime.Add(all.System);
    }

    void Resize()
    {
        using var resizer = new PillowBicubic(side, PictureOrientation.FromExif(header.Orientation), normalized: normalized);
        resizer.Begin(decoded.Width, decoded.Height, bottomUp: false);
        for (int row = 0; row < decoded.Height; row += StripRows)
            resizer.Push(decoded.Pixels.AsSpan(4 * decoded.Width * row, 4 * decoded.Width * Math.Min(StripRows, decoded.Height - row)));
    }

    void Preprocess()
    {
        if (!preprocessor.TryPreprocess(file, applyOrientation: true, out var pixels, out var error))
            throw new InvalidOperationException(error.Reason);
        preprocessor.Recycle(pixels);
    }

    /// <summary>Milliseconds of the processor for one of the repeated runs.</summary>
    (double User, double System) Time(Action work)
    {
        var before = Environment.CpuUsage;
        for (var run = 0; run < repeats; run++)
            work();
        var after = Environment.CpuUsage;
        return (
            (after.UserTime - before.UserTime).TotalMilliseconds / repeats,
            (after.PrivilegedTime - before.PrivilegedTime).TotalMilliseconds / repeats);
    }

    sealed class Nowhere : IRowSink
    {
        public void Begin(int width, int height, bool bottomUp)
        {
            // The rows are not looked at.
        }

        public void Push(ReadOnlySpan<byte> rows)
        {
            // What is measured is the decoder.
        }
    }
}
