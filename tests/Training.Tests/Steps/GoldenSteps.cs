using System.Text.Json;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Numpy;
using MplugCluster.Training.Optimization;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Steps;

/// <summary>Three steps of the reference: what went in, and what came out.</summary>
sealed class GoldenSteps : IDisposable
{
    readonly string folder;
    readonly JsonElement expected;

    public GoldenSteps(string set)
    {
        folder = Repository.Golden(set);
        expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "train", "expected.json"))).RootElement;
        Checkpoint = MplugCheckpoint.Open(folder);
        var optimizer = expected.GetProperty("optimizer");
        Options = new StepOptions
        {
            Batch = 2,
            Queue = Array<long>("initial_idx_queue").Data.Length,
            Momentum = expected.GetProperty("momentum").GetDouble(),
            Optimizer = new AdamWOptions { WeightDecay = optimizer.GetProperty("weight_decay").GetDouble(), DecayEverything = true },
        };
        var rate = optimizer.GetProperty("lr").GetDouble();
        Rates = new StepRates(expected.GetProperty("alpha").GetDouble(), rate, rate);
    }

    public MplugCheckpoint Checkpoint { get; }

    public StepOptions Options { get; }

    public StepRates Rates { get; }

    public int Count => expected.GetProperty("batches").GetArrayLength();

    public TrainingStep Begin(StepOptions? options = null)
    {
        var step = new TrainingStep(Checkpoint.Config, options ?? Options);
        step.Load(Checkpoint);
        return step;
    }

    public TrainingBatch Batch(int step)
    {
        var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected", "expected.json"))).RootElement;
        string[] pictures = [.. manifest.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("file").GetString()!)];
        var pixels = NpyFile.Read<float>(Path.Combine(folder, "expected", "pixels.npy"));
        var size = pixels.Data.Length / pixels.Shape[0];
        var batch = expected.GetProperty("batches")[step];
        return new TrainingBatch
        {
            Pixels = [.. batch.GetProperty("images").EnumerateArray()
                .SelectMany(image => pixels.Data.AsSpan(System.Array.IndexOf(pictures, image.GetString()) * size, size).ToArray())],
            Ids = Array<long>($"step{step + 1}_ids").Data,
            Mask = Array<long>($"step{step + 1}_mask").Data,
            Identities = [.. batch.GetProperty("idx").EnumerateArray().Select(id => id.GetInt64())],
            RandomImages = [0.3f, 0.8f],
            RandomTexts = [0.9f, 0],
        };
    }

    /// <summary>loss_ita and loss_itm of a step.</summary>
    public (double Contrast, double Matching) Losses(int step)
    {
        var losses = expected.GetProperty("steps")[step];
        return (losses.GetProperty("loss_ita").GetDouble(), losses.GetProperty("loss_itm").GetDouble());
    }

    public IEnumerable<(string Name, double Norm)> Norms(string list) =>
        expected.GetProperty(list).EnumerateObject().Select(entry => (entry.Name, entry.Value.GetDouble()));

    public double Tolerance(string quantity) => expected.GetProperty("tolerances").GetProperty(quantity).GetDouble();

    /// <summary>Gradients of step 1 that are there number by number.</summary>
    public IEnumerable<string> Gradients =>
        Directory.GetFiles(Path.Combine(folder, "train", "grad_step1")).Select(path => Path.GetFileNameWithoutExtension(path)!);

    /// <summary>Weights that the reference never trains.</summary>
    public IEnumerable<string> WithoutGradient => expected.GetProperty("parameters_without_grad").EnumerateArray().Select(name => name.GetString()!);

    public NpyArray<T> Array<T>(string name) where T : unmanaged => NpyFile.Read<T>(Path.Combine(folder, "train", $"{name}.npy"));

    public void Dispose() => Checkpoint.Dispose();
}
