using System.Diagnostics;
using System.Globalization;
using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Tests;

namespace MplugCluster.Benchmarks.Table;

/// <summary>
/// The one table: everything that the model does, alternated round by round with the reference's plan and the machine's peaks. Processor time of
/// one thread is what counts: other programs change it least.
/// </summary>
static class TableBenchmark
{
    const int Rounds = 5;

    static readonly (int Width, int Height)[] Sizes = [(500, 375), (1280, 960), (4000, 3000)];

    /// <summary>Measures, prints and writes the table.</summary>
    /// <param name="directory">The fp32 package.</param>
    /// <param name="int8Directory">The int8 package of the same model, if it is to be measured.</param>
    /// <param name="searchRows">Embeddings that are searched; 0 leaves the search out.</param>
    public static int Run(string directory, string? int8Directory, int searchRows)
    {
        var text = Models(directory, int8Directory);
        text.Add("");
        text.Add(FormattableString.Invariant(
            $"Memory, all sessions after use, {Environment.ProcessorCount} threads: fp32 {MemoryOf.Measure(directory)}{(int8Directory is null ? "" : $"; int8 {MemoryOf.Measure(int8Directory)}")}."));
        if (searchRows > 0)
            text.AddRange(["", FormattableString.Invariant($"Exact search (`tests/Benchmarks -- search {searchRows}`):"), "", "```", .. Search(searchRows), "```"]);
        Save(text);
        return 0;
    }

    /// <summary>The rows of the models; what they need of memory is given back.</summary>
    static List<string> Models(string directory, string? int8Directory)
    {
        var (machine, before) = (Machine.Describe(), Machine.Load());
        var options = new EngineOptions { IntraOpThreads = 1 };
        var package = ModelPackage.Open(directory, checkContent: false);
        var (input, work) = (new TableInput(package), new PairWork(package.Config));
        using var engine = new OnnxInferenceEngine(package, options);
        using var reference = new ReferencePlan(package, options, engine.EncodeImages([input.Pixels])[0].Tokens.ToSingles());
        using var int8 = int8Directory is null ? null : new OnnxInferenceEngine(ModelPackage.Open(int8Directory, checkContent: false), options);
        var peak = new TableRow("fused multiply-adds of registers", "run", 1, PeakMeter.Flops(1) / 1e9, () => PeakMeter.MultiplyAdd(1));
        var read = PeakMeter.Reader(out var bytes);
        var reading = new TableRow("reading memory", "run", 1, 0, read);
        var plan = new TableRow("pairs, reference's plan: each alone, 30 tokens", "pair", ReferencePlan.Pairs, ReferencePlan.Pairs * work.Reference(ReferencePlan.Length), reference.Score);
        List<TableRow> rows = [peak, reading, plan, .. Of(engine, "fp32", input, work), .. int8 is null ? [] : Of(int8, "int8", input, work), .. Preprocessing(package)];
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var row in rows)
                row.Run(keep: round > 0);
            Console.Error.WriteLine($"round {round} of {Rounds}, load {Machine.Load()}");
        }

        var gigabytes = bytes / reading.ProcessorSeconds.Median / 1e9;
        return
        [
            $"# {Path.GetFileName(Path.GetFullPath(directory))}, {DateTime.UtcNow:yyyy-MM-dd}",
            "",
            $"{machine}; load before {before}, after {Machine.Load()}.",
            string.Create(CultureInfo.InvariantCulture, $"One thread, medians of {Rounds} alternated rounds. Peaks in the same rounds: {peak.GflopPerSecond:0} GFLOP/s fp32, reading {gigabytes:0.0} GB/s. Texts have 13 tokens on average."),
            "",
            $"    dotnet run -c Release --project tests/Benchmarks -- table {Path.GetFileName(Path.GetFullPath(directory))}{(int8Directory is null ? "" : $" {Path.GetFileName(Path.GetFullPath(int8Directory))}")}",
            "",
            "| work | CPU ms | wall ms | GFLOP/s | of the fp32 peak | times the reference's plan |",
            "|---|---|---|---|---|---|",
            .. rows.Skip(2).Select(row => Line(row, peak, plan)),
        ];
    }

    /// <summary>What an engine is asked to do.</summary>
    internal static IEnumerable<TableRow> Of(OnnxInferenceEngine engine, string precision, TableInput input, PairWork work)
    {
        var image = engine.EncodeImages([input.Pixels])[0];
        var texts = engine.EncodeTexts(input.Texts);
        yield return new($"image encoder, {precision}", "picture", 1, work.Image, () => engine.EncodeImages([input.Pixels]));
        yield return new($"text encoder, 128 texts, {precision}", "text", 128, texts.Sum(text => work.Text(text.Length)), () => engine.EncodeTexts(input.Texts));
        foreach (var count in new[] { 1, 8, 32, 128 })
        {
            var some = texts[..count];
            var absorbed = precision == "fp32" && count == 1;
            var gflop = absorbed ? some.Sum(text => work.AbsorbedPair(text.Length)) : work.KeysAndValues + some.Sum(text => work.Pair(text.Length));
            yield return new($"pairs, one picture with {count}, {precision}{(absorbed ? ", absorbed" : "")}", "pair", count, gflop, () => engine.ScorePairs([new PairGroup(image, some)]));
        }

        PairGroup[] search = [.. Enumerable.Range(0, 16).Select(_ => new PairGroup(image, texts[3..4]))];
        var each = precision == "fp32" ? work.AbsorbedPair(13) : work.KeysAndValues + work.Pair(13);
        yield return new($"pairs, one text with 16 pictures, {precision}{(precision == "fp32" ? ", absorbed" : "")}", "pair", 16, 16 * each, () => engine.ScorePairs(search));
    }

    static IEnumerable<TableRow> Preprocessing(ModelPackage package)
    {
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution, new PictureLimits());
        foreach (var (width, height) in Sizes)
        {
            var file = MadeInput.Jpeg(width, height);
            yield return new($"preprocessing, JPEG {width} x {height}", "picture", 1, 0, () =>
            {
                if (!preprocessor.TryPreprocess(file, applyOrientation: true, out var pixels, out var error))
                    throw new InvalidOperationException(error.Reason);
                preprocessor.Recycle(pixels);
            });
        }
    }

    static string Line(TableRow row, TableRow peak, TableRow plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Name} | {1e3 * row.PerUnit:0.00} a {row.Unit} | {1e3 * row.Seconds.Median / row.Units:0.00} | {(row.Gflop > 0 ? $"{row.GflopPerSecond:0}" : "")} | {(row.Gflop > 0 ? $"{100 * row.GflopPerSecond / peak.GflopPerSecond:0} %" : "")} | {(row.Unit == "pair" ? $"{plan.PerUnit / row.PerUnit:0.0}" : "")} |");

    static IEnumerable<string> Search(int rows)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["search", $"{rows}"]) { RedirectStandardOutput = true })!;
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        return lines;
    }

    static void Save(List<string> text)
    {
        foreach (var line in text)
            Console.WriteLine(line);
        var folder = Repository.Path("tests", "Benchmarks", "results");
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, $"{DateTime.UtcNow:yyyy-MM-dd}-{Machine.FileName()}.md"), text);
    }
}
