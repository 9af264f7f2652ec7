using System.Globalization;
using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Tests;

namespace MplugCluster.Benchmarks.Table;

/// <summary>
/// The one table: everything that is to be fast, alternated round by round with the reference's plan and the machine's peaks, and judged by its
/// goals. Processor time of one thread is what counts: other programs change it least.
/// </summary>
static class TableBenchmark
{
    const int Rounds = 5;

    /// <summary>Measures, prints and writes the table.</summary>
    /// <param name="directory">The fp32 package.</param>
    /// <param name="int8Directory">The int8 package of the same model, if it is to be measured.</param>
    /// <param name="searchRows">Embeddings that are searched; 0 leaves the search out.</param>
    public static int Run(string directory, string? int8Directory, int searchRows)
    {
        var text = Models(directory, int8Directory);
        text.AddRange(EvaluationLines.Of(directory));
        var search = searchRows > 0 ? ChildProcess.Run("search", $"{searchRows}") : null;
        if (searchRows > 0)
            text.AddRange(SearchLines.Of(searchRows, search));
        text.AddRange(MemoryOf.Lines(directory, "fp32", most: 2.2));
        if (int8Directory is not null)
            text.AddRange(MemoryOf.Lines(int8Directory, "int8", most: 0.9));
        if (search is not null)
            text.AddRange(["", FormattableString.Invariant($"Exact search, everything (`tests/Benchmarks -- search {searchRows}`):"), "", "```", .. search, "```"]);
        Save(text);
        return 0;
    }

    /// <summary>The head and the rows of the models; what they need of memory is given back.</summary>
    static List<string> Models(string directory, string? int8Directory)
    {
        var (machine, before) = (Machine.Describe(), Machine.Load());
        var options = new EngineOptions { IntraOpThreads = 1 };
        var package = ModelPackage.Open(directory, checkContent: false);
        var int8Package = int8Directory is null ? null : ModelPackage.Open(int8Directory, checkContent: false);
        using var plainPackage = int8Package is null ? null : new PlainInt8Package(int8Package);
        var (input, work) = (new TableInput(package), new PairWork(package.Config));
        using var engine = new OnnxInferenceEngine(package, options);
        using var reference = new ReferencePlan(package, options, engine.EncodeImages([input.Pixels])[0].Tokens.ToSingles());
        using var int8 = int8Package is null ? null : new OnnxInferenceEngine(int8Package, options);
        using var plain = plainPackage is null ? null : new OnnxInferenceEngine(plainPackage.Package, options);
        var peak = new TableRow("fused multiply-adds of registers", "run", 1, PeakMeter.Flops(1) / 1e9, () => PeakMeter.MultiplyAdd(1));
        var read = PeakMeter.Reader(out var bytes);
        var reading = new TableRow("reading memory", "run", 1, 0, read);
        var plan = new TableRow("pairs, reference's plan: each alone, 30 tokens", "pair", ReferencePlan.Pairs, ReferencePlan.Pairs * work.Reference(ReferencePlan.Length), reference.Score);
        var models = new ModelRows(input, work, peak, plan);
        var single = models.Single(engine);
        List<TableRow> rows =
        [
            peak, reading, plan, .. single, .. int8 is null ? [] : models.Bytes(int8, plain!, single), .. ModelRows.Preprocessing(package.Config.ImageResolution),
        ];
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
            string.Create(CultureInfo.InvariantCulture, $"One thread where nothing else is said, medians of {Rounds} alternated rounds. Peaks in the same rounds: {peak.GflopPerSecond:0} GFLOP/s fp32, reading {gigabytes:0.0} GB/s. Texts have 13 tokens on average. Goals are those of the full-size large model, judged by processor time."),
            "",
            $"    dotnet run -c Release --project tests/Benchmarks -- table {Path.GetFileName(Path.GetFullPath(directory))}{(int8Directory is null ? "" : $" {Path.GetFileName(Path.GetFullPath(int8Directory))}")}",
            "",
            .. TableRow.Header.Split('\n'),
            .. rows.Skip(2).Select(row => row.Line(peak, plan)),
        ];
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
