using System.Globalization;
using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Benchmarks.Table;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;

namespace MplugCluster.Benchmarks.Gpu;

/// <summary>
/// The table of one device, made for GPUs: time on the clock of every kind of work in packages of one model, the reference's plan on the same runtime, and
/// PyTorch on the same device, alternated round by round.
/// </summary>
static class GpuBenchmark
{
    const int Rounds = 20;

    /// <summary>Pictures of a run of the image encoder.</summary>
    static readonly int[] Pictures = [1, 8, 32];

    /// <summary>Measures and prints.</summary>
    /// <param name="device">A device's name.</param>
    /// <param name="directories">Packages of one model; the first is fp32.</param>
    public static int Run(string device, string[] directories)
    {
        var (engines, rows) = (new List<IDisposable>(), new List<TableRow>());
        var options = new EngineOptions { Device = DeviceName.Parse(device) };
        var first = ModelPackage.Open(directories[0], checkContent: false);
        var (work, input) = (new PairWork(first.Config), new TableInput(first));
        TableRow? plan = null;
        foreach (var directory in directories)
        {
            var package = ModelPackage.Open(directory, checkContent: false);
            var engine = new OnnxInferenceEngine(package, options with { Sizes = new BatchSizes(Pictures[^1], TextTokens: 4096, PairImages: 64, PairTexts: 128) });
            engines.Add(engine);
            foreach (var remark in engine.Remarks)
                Console.WriteLine($"{directory}: {remark}");
            Console.WriteLine($"{directory}, from the processor's fp32: {Apart(first, engine)}.");
            if (plan is null)
            {
                var reference = new ReferencePlan(package, options, engine.EncodeImages([input.Pixels])[0].Tokens.ToSingles());
                engines.Add(reference);
                plan = new($"pairs, reference's plan, {ReferencePlan.Pairs} a run, fp32", "pair", ReferencePlan.Pairs, ReferencePlan.Pairs * work.Reference(ReferencePlan.Length), reference.Score);
                rows.Add(plan);
            }

            rows.AddRange(Of(engine, package, work, input));
        }

        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var row in rows)
                row.Run(keep: round > 0);
        }

        engines.ForEach(engine => engine.Dispose());
        Console.WriteLine($"{Machine.Describe()}; device {device}; wall time, medians of {Rounds} rounds.\n");
        Console.WriteLine("| work | ms | a second | TFLOP/s | times the reference's plan |\n|---|---|---|---|---|");
        foreach (var row in rows)
        {
            var each = row.Seconds.Median / row.Units;
            var ratio = row.Unit == "pair" ? (plan!.Seconds.Median / plan.Units / each).ToString("0.0", CultureInfo.InvariantCulture) : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {row.Name} | {1e3 * each:0.000} a {row.Unit} | {1 / each:0.0} | {row.Gflop / row.Seconds.Median / 1e3:0.00} | {ratio} |"));
        }

        foreach (var (name, milliseconds) in TorchPeer.Measure(first.Config, device, Pictures, pairs: 32, Rounds))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {milliseconds:0.000} | {1e3 / milliseconds:0.0} |  |  |"));
        return 0;
    }

    static string Apart(ModelPackage package, OnnxInferenceEngine engine)
    {
        using var processor = new OnnxInferenceEngine(package);
        var (embedding, logit) = new DeviceProbe(processor).Apart(new DeviceProbe(engine));
        return string.Create(CultureInfo.InvariantCulture, $"embeddings at most {embedding:0.0e+0} apart, ITM logits {logit:0.0e+0} of 1 + their size");
    }

    static IEnumerable<TableRow> Of(OnnxInferenceEngine engine, ModelPackage package, PairWork work, TableInput input)
    {
        var precision = package.Manifest.Precision.Name();
        foreach (var count in Pictures)
        {
            float[][] pixels = [.. Enumerable.Repeat(input.Pixels, count)];
            yield return new($"image encoder, {count} a run, {precision}", "picture", count, count * work.Image, () => engine.EncodeImages(pixels));
        }

        foreach (var row in ModelRows.Of(engine, precision, absorbs: package.Manifest.Precision == Precision.Fp32, input, work).Skip(1))
            yield return row;
        var image = engine.EncodeImages([input.Pixels])[0];
        var texts = engine.EncodeTexts(input.Texts);
        PairGroup[] many = [.. Enumerable.Range(0, 64).Select(_ => new PairGroup(image, texts))];
        var gflop = 64 * (work.KeysAndValues + texts.Sum(text => work.Pair(text.Length)));
        yield return new($"pairs, 64 pictures with 128 texts each, {precision}", "pair", 64 * 128, gflop, () => engine.ScorePairs(many));
    }
}
