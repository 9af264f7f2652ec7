using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>
/// An evaluation of 16 pictures and 240 captions, all pairs, both directions, as a job of an embedded cluster, against the plan of the reference
/// on the same engine: there each pair is scored by itself, its caption padded to 30 tokens, and once for each direction. Encoding the pictures
/// costs both sides the same and is shown apart.
/// </summary>
static class EvaluationBenchmark
{
    const int Pictures = 16, CaptionsPerPicture = 15, Captions = Pictures * CaptionsPerPicture;
    const int Pairs = Pictures * Captions;
    const int Rounds = 3;
    const int PaddedTokens = 30;

    /// <summary>Pairs of the reference's plan that a round scores: each costs the same, so the rest is multiplied.</summary>
    const int PairsPerRound = 120;

    public static async Task<int> Run(string directory)
    {
        Console.WriteLine(Machine.Describe());
        Console.WriteLine($"{Pictures} pictures, {Captions} captions, {Pairs} pairs, {Path.GetFileName(Path.GetFullPath(directory))}");
        var package = ModelPackage.Open(directory);
        using var engine = new OnnxInferenceEngine(package, new EngineOptions());
        var pictures = Enumerable.Range(0, Pictures).Select(MadeInput.Picture).ToArray();
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution, new PictureLimits());
        var pixels = pictures.Select(picture => preprocessor.TryPreprocess(picture, applyOrientation: true, out var made, out var error)
            ? made
            : throw new InvalidOperationException(error.Reason)).ToArray();
        var random = new Random(1);
        var padded = engine.EncodeTexts([.. Enumerable.Range(0, PairsPerRound).Select(_ =>
            Enumerable.Range(0, PaddedTokens).Select(_ => random.Next(1000, package.Config.VocabularySize)).ToArray())]);
        var image = engine.EncodeImages(pixels[..1])[0];
        var (encoding, plan, whole, rest) = (new Samples(), new Samples(), new Samples(), new Samples());
        Console.WriteLine("round | pictures alone s | reference's pairs/s | job s: whole, without pictures | load");
        for (var round = 1; round <= Rounds; round++)
        {
            encoding.Add(Seconds(() => engine.EncodeImages(pixels)));
            plan.Add(PairsPerRound / Seconds(() =>
            {
                foreach (var text in padded)
                    engine.ScorePairs([new PairGroup(image, [text])]);
            }));
            var job = await Evaluate(directory, pictures);
            whole.Add((job.Ended!.Value - job.Submitted).TotalSeconds);
            rest.Add((job.Ended!.Value - job.Submitted).TotalSeconds - encoding.Last);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{round,5} | {encoding.Last,16:0.00} | {plan.Last,19:0.0} | {whole.Last,12:0.00} {rest.Last,17:0.00} | {Machine.Load()}"));
        }

        Print(encoding.Median, plan.Median, whole.Median, rest.Median);
        return 0;
    }

    static void Print(double encoding, double plan, double whole, double rest)
    {
        var (once, twice) = (Pairs / plan, 2 * Pairs / plan);
        Line("encoding the pictures", encoding, "s, either way");
        Line("job, whole", whole, "s");
        Line("job without encoding the pictures", rest, "s: texts, search, pairs, metrics, files");
        Line("reference's plan, every pair once", once, $"s, from {PairsPerRound} pairs a round");
        Line("reference's plan, as it is (both directions)", twice, "s");
        Line("without pictures: reference, once / job", once / rest, "x");
        Line("without pictures: reference, as it is / job", twice / rest, "x");
        Line("with pictures: reference, as it is / job", (twice + encoding) / whole, "x");
    }

    static void Line(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-46} {value,9:0.00} {unit}"));

    /// <summary>The job, in a cluster of its own with an empty store.</summary>
    static async Task<JobInfo> Evaluate(string package, byte[][] pictures)
    {
        var store = Directory.CreateTempSubdirectory("mplug-evaluation-");
        try
        {
            await using var cluster = await EmbeddedCluster.Open(new MplugOptions { Model = package, Store = store.FullName }, LogLevel.Error, default);
            foreach (var picture in pictures)
                await cluster.Client.PutBlob(MadeInput.Hash(picture), picture);
            await Loaded(cluster);
            var job = await cluster.Client.Submit(new JobRequest
            {
                Kind = "evaluate",
                Candidates = Captions,
                Annotations = [.. pictures.Select((picture, number) => new AnnotationInput(
                    PictureInput.OfBlob(MadeInput.Hash(picture)),
                    Enumerable.Range(number * CaptionsPerPicture, CaptionsPerPicture).Select(MadeInput.Caption).ToArray()))],
            });
            job = await cluster.Client.WaitForJob(job.Id);
            return job is { Status: "done", ItemsFailed: 0, Features.ImagesEncoded: Pictures }
                ? job
                : throw new InvalidOperationException($"The job is not what was to be measured: {job}");
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }

    /// <summary>Loading the model is not the job's work.</summary>
    static async Task Loaded(EmbeddedCluster cluster) => await cluster.Client.Embed(new EmbeddingRequest { Input = new EmbeddingInput("a text", null) });

    static double Seconds(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }
}
