using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Benchmarks.Table;
using MplugCluster.Model.Imaging;

namespace MplugCluster.Benchmarks.Imaging;

/// <summary>What it costs to make the encoder's input of a picture, stage by stage, on one thread.</summary>
static class ImagingBenchmark
{
    const int Side = 384; // of the published large model
    const int Rounds = 7;

    static readonly (int Width, int Height)[] JpegSizes = [(500, 375), (1280, 960), (4000, 3000)];

    // The largest without noise: with it the file would be larger than the limit.
    static readonly (int Width, int Height, int Grain)[] PngSizes =
        [(500, 375, 8), (500, 375, 0), (1920, 1080, 8), (1920, 1080, 0), (4000, 3000, 8), (4000, 3000, 0), (8000, 6000, 0)];

    /// <summary>Measures and prints the table.</summary>
    /// <param name="folder">With JPEG and PNG files; null: made ones, which are written to a temporary folder.</param>
    public static int Run(string? folder)
    {
        folder ??= Make();
        PictureCase[] cases = [.. Directory.GetFiles(folder).Where(IsPicture).Order().Select(path => new PictureCase(path, Side))];
        if (cases.Length == 0)
        {
            Console.Error.WriteLine($"{folder} holds no .jpg, .jpeg or .png file");
            return 1;
        }

        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var picture in cases)
                picture.Measure(keep: round > 0);
            Console.Error.WriteLine($"round {round} of {Rounds}, load {Machine.Load()}");
        }

        Console.WriteLine($"{Machine.Describe()}; {PicturePreprocessor.CodecId}, to {Side} x {Side}, one thread, medians of {Rounds} rounds.");
        Console.WriteLine();
        Console.WriteLine("| picture | pixels | bytes | user CPU ms: header | decode | decode by the codec library | resize and normalise | all | system CPU ms | managed bytes |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var picture in cases)
            Console.WriteLine(picture.Line);
        Console.WriteLine();
        var largest = cases.MaxBy(picture => picture.Pixels)!;
        Console.WriteLine($"Most memory of a process that has done nothing but preprocess {largest.Path} (VmHWM, {PictureMemory.Nothing}: none at all), kB: "
            + string.Join(", ", PictureMemory.Ways.Select(way => $"{way} {ChildProcess.Run("imaging-memory", way, largest.Path)?[^1]}")));
        Console.WriteLine();
        Console.WriteLine($"For a peer: one thread (OMP_NUM_THREADS=1, torch.set_num_threads(1)), {folder}/*, of each file's bytes in memory");
        Console.WriteLine($"  Image.open(io.BytesIO(file)).convert('RGB'), Resize(({Side}, {Side}), BICUBIC), ToTensor(), Normalize(mean, std); ru_utime of the thread.");
        return 0;
    }

    static bool IsPicture(string path) => Path.GetExtension(path) is ".jpg" or ".jpeg" or ".png";

    static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("mplug-imaging-").FullName;
        foreach (var (width, height) in JpegSizes)
            File.WriteAllBytes(Path.Combine(folder, $"made-{width:0000}x{height}.jpg"), MadeInput.Jpeg(width, height));
        foreach (var (width, height, grain) in PngSizes)
        {
            var name = $"{(grain > 0 ? "made" : "drawn")}-{width:0000}x{height}.png";
            File.WriteAllBytes(Path.Combine(folder, name), MadeInput.Png(width, height, grain));
        }

        return folder;
    }
}
