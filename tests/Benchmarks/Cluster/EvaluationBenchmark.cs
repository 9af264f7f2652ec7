using System.Globalization;
using Microsoft.Extensions.Logging;
using MplugCluster.Benchmarks.Table;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>
/// An evaluation of 16 pictures and 240 captions, all pairs, both directions, as a job of an embedded cluster, against the plan of the reference
/// on the same runtime: <see cref="ReferencePlan"/>, and every pair once for each direction. The pictures are encoded before either, through the
/// cluster, and that is shown apart. Processor time stands beside the time on the clock: on a machine that others use
/// as well it is the one to believe.
/// </summary>
static class EvaluationBenchmark
{
    const int Pictures = 16, CaptionsPerPicture = 15, Captions = Pictures * CaptionsPerPicture;
    const int Pairs = Pictures * Captions;
    const int Rounds = 3;

    /// <summary>Pairs of the reference's plan that a round scores: each costs the same, so the rest is multiplied.</summary>
    const int PairsPerRound = 120;

    /// <summary>Measures and prints it.</summary>
    /// <param name="directory">The package.</param>
    /// <param name="device">The device that both plans run on.</param>
    /// <param name="referenceDirectory">A package of the same model in fp32, for the reference's plan.</param>
    public static async Task<int> Run(string directory, string device, string referenceDirectory)
    {
        Console.WriteLine(Machine.Describe());
        Console.WriteLine($"{Pictures} pictures, {Captions} captions, {Pairs} pairs, {Path.GetFileName(Path.GetFullPath(directory))}, {device}");
        var ((picturesWall, picturesCpu), (jobWall, jobCpu), (wall, cpu)) = await Measure(directory, device, referenceDirectory);
        Console.WriteLine($"{"medians of " + Rounds,-56} {"seconds",9} {"CPU s",9}");
        Line($"{Pictures} pictures encoded", picturesWall, picturesCpu);
        Line("the job, pictures encoded before", jobWall, jobCpu);
        Line($"reference's plan, every pair once ({Pairs / PairsPerRound} x {PairsPerRound} pairs)", wall, cpu);
        Line("reference's plan, every pair for each direction", 2 * wall, 2 * cpu);
        Line("ratio, every pair once", wall / jobWall, cpu / jobCpu);
        Line("ratio, every pair for each direction", 2 * wall / jobWall, 2 * cpu / jobCpu);
        Line("ratio with the pictures, for each direction", (2 * wall + picturesWall) / (jobWall + picturesWall), (2 * cpu + picturesCpu) / (jobCpu + picturesCpu));
        Console.WriteLine($"load at the end {Machine.Load()}");
        return 0;
    }

    /// <summary>Prints the figures alone, for the table.</summary>
    public static async Task<int> Print(string directory)
    {
        Console.WriteLine(await Measure(directory, "cpu", directory));
        return 0;
    }

    /// <summary>Both plans, alternated.</summary>
    static async Task<EvaluationFigures> Measure(string directory, string device, string referenceDirectory)
    {
        var package = ModelPackage.Open(directory);
        var options = new EngineOptions { Device = DeviceName.Parse(device) };
        using var engine = new OnnxInferenceEngine(package, options);
        var preprocessor = new PicturePreprocessor(package.Config.ImageResolution, new PictureLimits());
        var image = preprocessor.TryPreprocess(MadeInput.Picture(0), applyOrientation: true, out var pixels, out var error)
            ? engine.EncodeImages([pixels])[0]
            : throw new InvalidOperationException(error.Reason);
        using var reference = new ReferencePlan(ModelPackage.Open(referenceDirectory), options, image.Tokens.ToSingles());
        var (encoding, job, plan) = (new WorkTimer(), new WorkTimer(), new WorkTimer());
        for (var round = 0; round <= Rounds; round++)
        {
            if (round == 1)
                (encoding, job, plan) = (new WorkTimer(), new WorkTimer(), new WorkTimer());
            await plan.Time(() =>
            {
                for (var pair = 0; pair < PairsPerRound; pair += ReferencePlan.Pairs)
                    reference.Score();
                return Task.CompletedTask;
            });
            await Evaluate(directory, device, encoding, job);
            Console.Error.WriteLine($"evaluation: round {round} of {Rounds}, load {Machine.Load()}");
        }

        const double Share = (double)Pairs / PairsPerRound;
        return new(
            (encoding.Seconds.Median, encoding.ProcessorSeconds.Median),
            (job.Seconds.Median, job.ProcessorSeconds.Median),
            (Share * plan.Seconds.Median, Share * plan.ProcessorSeconds.Median));
    }

    static void Line(string what, double seconds, double processor) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-56} {seconds,9:0.00} {processor,9:0.00}"));

    /// <summary>The job, in a cluster of its own with an empty store.</summary>
    static async Task Evaluate(string package, string device, WorkTimer encoding, WorkTimer evaluation)
    {
        var pictures = Enumerable.Range(0, Pictures).Select(MadeInput.Picture).ToArray();
        var store = Directory.CreateTempSubdirectory("mplug-evaluation-");
        try
        {
            await using var cluster = await EmbeddedCluster.Open(
                new MplugOptions { Model = package, Store = store.FullName, Device = new DeviceOptions { Devices = device } }, LogLevel.Error, default);
            foreach (var picture in pictures)
                await cluster.Client.PutBlob(MadeInput.Hash(picture), picture);

            // The first call waits until the model is loaded.
            await cluster.Client.Embed(new EmbeddingRequest { Input = new EmbeddingInput("a text", null) });
            await encoding.Time(() => cluster.Client.Embed(new EmbeddingRequest
            {
                Input = pictures.Select(picture => new EmbeddingInput(null, PictureInput.OfBlob(MadeInput.Hash(picture)))).ToArray(),
            }));
            await evaluation.Time(() => Job(cluster.Client, pictures));
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }

    static async Task Job(MplugClient client, byte[][] pictures)
    {
        var job = await client.Submit(new JobRequest
        {
            Kind = "evaluate",
            Candidates = Captions,
            Annotations = [.. pictures.Select((picture, number) => new AnnotationInput(
                PictureInput.OfBlob(MadeInput.Hash(picture)),
                Enumerable.Range(number * CaptionsPerPicture, CaptionsPerPicture).Select(MadeInput.Caption).ToArray()))],
        });
        job = await client.WaitForJob(job.Id);
        if (job is not { Status: "done", ItemsFailed: 0, Features.ImagesEncoded: 0 })
            throw new InvalidOperationException($"The job is not what was to be measured: {job}");
    }
}
