using System.Text.Json;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Training.Data;
using MplugCluster.Training.Running;
using MplugCluster.Training.Saving;

namespace MplugCluster.Training.Tests.Running;

/// <summary>Runs that end before their end, and go on.</summary>
public sealed class ResumedRunTests : TinyRuns
{
    [Fact]
    public void Run_CutOffAnywhereAndResumed_ExactlyTheSameWeights()
    {
        var whole = Run(Options("whole"));
        using var cut = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(Options("cut"), new At(4, cut.Cancel), cut.Token));
        var resumed = Run(Options("cut") with { Resume = true });

        AssertSame(whole, resumed);
    }

    [Fact]
    public void Run_WithRecomputationCutOffAndResumed_ExactlyTheSameWeights()
    {
        var options = Options("cut");
        options = options with { Step = options.Step with { Recompute = true } };
        var whole = Run(options with { WorkDirectory = folder.File("whole") });
        using var cut = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(options, new At(4, cut.Cancel), cut.Token));

        Assert.Contains("is of a run with other settings", Assert.Throws<CheckpointException>(() => Run(Options("cut") with { Resume = true })).Message);
        AssertSame(whole, Run(options with { Resume = true }));
    }

    [Fact]
    public void Run_PictureBreaksOnTheWay_SavesTheStateAndGoesOnExactly()
    {
        CopyPictures();
        var whole = Run(Options("whole"));
        var set = TrainingSet.Load([folder.File("train.json")], "/");
        var picture = set.Pairs[new BatchOrder(set, batch: 4, Options("w").Seed).Of(0)[2][0]].Picture;
        var content = File.ReadAllBytes(picture);

        // Two batches are made ahead: after the first step nobody has read the third one's pictures.
        var error = Assert.Throws<TrainingDataException>(() => Run(Options("w"), new At(1, () => File.WriteAllText(picture, "no picture"))));

        Assert.StartsWith($"The picture '{picture}' cannot be used: ", error.Message);
        Assert.EndsWith(". The state after step 2 is saved: once the cause is put right, the same command with --resume goes on.", error.Message);
        File.WriteAllBytes(picture, content);
        AssertSame(whole, Run(Options("w") with { Resume = true }));
    }

    [Fact]
    public void Run_LogCannotBeWritten_SavesTheStateAndGoesOnExactly()
    {
        var whole = Run(Options("whole"));
        FileStream? held = null;

        var error = Assert.Throws<IOException>(() => Run(
            Options("w"), new At(1, () => held = new FileStream(folder.File("w/log.jsonl"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))));

        held!.Dispose();
        Assert.StartsWith($"{error.InnerException!.Message.TrimEnd('.')}. The state after step 2 is saved: ", error.Message);
        Assert.Contains(folder.File("w/log.jsonl"), error.Message);
        AssertSame(whole, Run(Options("w") with { Resume = true }));
    }

    [Fact]
    public void Run_NeitherLogNorStateCanBeWritten_TellsBoth()
    {
        FileStream? held = null;

        var error = Assert.Throws<IOException>(() => Run(Options("w"), new At(1, () =>
        {
            held = new FileStream(folder.File("w/log.jsonl"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Directory.CreateDirectory(folder.File("w/state.safetensors.tmp"));
        })));

        held!.Dispose();
        Assert.StartsWith($"{error.InnerException!.Message.TrimEnd('.')}. The state after step 2 cannot be saved: ", error.Message);
        Assert.Contains("state.safetensors.tmp", error.Message);
    }

    [Theory]
    [InlineData(4, 5)] // a state in the middle of the second epoch
    [InlineData(5, 6)] // the checkpoint at its end
    public void Run_DiskRunsFull_KeepsWhatIsThereAndGoesOnExactly(int lastSaved, int lost)
    {
        using var disk = SmallDisk.Mount(megabytes: 128);
        var whole = Run(Options("whole") with { StateSteps = 1 });
        var options = Options("w") with { WorkDirectory = Path.Combine(disk.Path, "w"), StateSteps = 1 };
        Dictionary<string, byte[]> kept = [];

        var error = Assert.Throws<IOException>(() => Run(options, new At(lastSaved, () =>
        {
            disk.Fill();
            kept = Directory.GetFiles(options.WorkDirectory, "*", SearchOption.AllDirectories)
                .Where(file => !file.Contains("/log.", StringComparison.Ordinal)).ToDictionary(file => file, File.ReadAllBytes);
        })));

        Assert.StartsWith($"{error.InnerException!.Message.TrimEnd('.')}. The state after step {lost} cannot be saved: ", error.Message);
        Assert.Contains("No space left on device", error.InnerException.Message);
        Assert.EndsWith(". --resume goes on from the state before it.", error.Message);
        Assert.Contains(kept.Keys, file => file.EndsWith("/state.safetensors", StringComparison.Ordinal));
        Assert.Contains(kept.Keys, file => file.EndsWith("/best/pytorch_model.bin", StringComparison.Ordinal));
        Assert.Contains(kept.Keys, file => file.EndsWith("/checkpoints/epoch_0/model.safetensors", StringComparison.Ordinal));
        Assert.All(kept, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        using (var best = MplugCheckpoint.Open(Path.Combine(options.WorkDirectory, "best")))
            Assert.NotEmpty(best.Tensors);

        disk.MakeRoom();
        AssertSame(whole, Run(options with { Resume = true }));
    }

    [Fact]
    public void Run_ResumedAndNothingBetterLater_TakesTheBestBackAndReportsIt()
    {
        // One picture and one caption: the first epoch finds everything, so no later one is better.
        var picture = Directory.GetFiles(Path.Combine(Golden, "images"), "*.png").Order().First();
        File.WriteAllText(folder.File("val.json"), JsonSerializer.Serialize(new[] { new { image = picture, caption = new[] { "a dog" } } }));
        var options = Options("w") with { ValidationFile = folder.File("val.json") };
        using var cut = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(options, new At(4, cut.Cancel), cut.Token));
        var weights = File.ReadAllBytes(folder.File("w/best/model.safetensors"));
        Directory.Move(folder.File("w/best"), folder.File("w/best.old"));

        var summary = Run(options with { Resume = true });

        Assert.Equal(0, summary.BestEpoch);
        Assert.Equal(100, summary.Best?.Mean);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(summary.Checkpoint, CheckpointFolder.SafetensorsFile)));
        Assert.False(Directory.Exists(folder.File("w/best.old")));
    }

    [Fact]
    public void Run_ResumedWithOtherSettings_IsRefused()
    {
        Run(Options("w"));

        var error = Assert.Throws<CheckpointException>(() => Run(Options("w") with { Resume = true, Seed = 9 }));

        Assert.Contains("is of a run with other settings", error.Message);
    }

    [Fact]
    public void Run_UsedWorkDirectory_AsksForResume()
    {
        Run(Options("w"));

        Assert.Contains("Use --resume", Assert.Throws<TrainingDataException>(() => Run(Options("w"))).Message);
        Assert.Contains("There is nothing to resume", Assert.Throws<TrainingDataException>(() => Run(Options("new") with { Resume = true })).Message);
    }

    /// <summary>Has the run train with copies that may be broken.</summary>
    void CopyPictures()
    {
        var entries = JsonDocument.Parse(File.ReadAllText(folder.File("train.json"))).RootElement.EnumerateArray().Select((entry, i) =>
        {
            var source = entry.GetProperty("image").GetString()!;
            var target = folder.File($"copy{i}{Path.GetExtension(source)}");
            File.Copy(source, target);
            return new { image = target, caption = entry.GetProperty("caption").GetString(), image_id = i };
        });
        File.WriteAllText(folder.File("train.json"), JsonSerializer.Serialize(entries));
    }
}
