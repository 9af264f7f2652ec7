using System.Text.Json;
using MplugCluster.Model.Packages;
using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Running;
using MplugCluster.Training.Saving;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Running;

/// <summary>Whole runs of a tiny model, in a folder of their own.</summary>
public abstract class TinyRuns : IDisposable
{
    private protected static readonly string Golden = Repository.Golden("tiny-stride6");

    private protected readonly TemporaryFolder folder = new();

    private protected TinyRuns()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(Golden, "images")).Where(path => !path.EndsWith(".gif", StringComparison.Ordinal)).Order()];
        File.WriteAllText(folder.File("train.json"), JsonSerializer.Serialize(
            pictures.Select((path, i) => new { image = path, caption = $"a dog running near {i} cars", image_id = i })));
        File.WriteAllText(folder.File("val.json"), JsonSerializer.Serialize(pictures.Take(4).Select(path => new { image = path, caption = new[] { "a dog", "a cat" } })));
    }

    public void Dispose() => folder.Dispose();

    private protected TrainingOptions Options(string work) => new()
    {
        TrainFiles = [folder.File("train.json")],
        Images = "/",
        WorkDirectory = folder.File(work),
        Epochs = 2,
        LogSteps = 1,
        Augmentation = AugmentationKind.Reference,
        Step = new StepOptions { Batch = 4, Queue = 16 },
        Schedule = new() { Rate = 1e-4, VisionRate = 1e-4 },
    };

    private protected static void AssertSame(TrainingSummary expected, TrainingSummary found)
    {
        Assert.Equal(expected.Steps, found.Steps);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(expected.Checkpoint, CheckpointFolder.SafetensorsFile)),
            File.ReadAllBytes(Path.Combine(found.Checkpoint, CheckpointFolder.SafetensorsFile)));
        Assert.Equal(ModelPackage.Open(expected.Package).Fingerprint, ModelPackage.Open(found.Package).Fingerprint);
    }

    private protected static TrainingSummary Run(
        TrainingOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default, string? model = null)
    {
        using var opened = TrainedModel.Open(model ?? Golden);
        using var trainer = new Trainer(opened, options);
        return trainer.Run(progress, cancellation);
    }

    /// <summary>Does something after a step.</summary>
    private protected sealed class At(int step, Action act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
                act();
        }
    }
}
