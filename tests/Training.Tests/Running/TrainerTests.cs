using System.Text.Json;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Training.Augmentation;
using MplugCluster.Training.Data;
using MplugCluster.Training.Running;
using MplugCluster.Training.Saving;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Running;

/// <summary>Whole runs of a tiny model.</summary>
public sealed class TrainerTests : IDisposable
{
    static readonly string Golden = Repository.Golden("tiny-stride6");

    readonly TemporaryFolder folder = new();

    public TrainerTests()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(Golden, "images")).Where(path => !path.EndsWith(".gif", StringComparison.Ordinal)).Order()];
        File.WriteAllText(folder.File("train.json"), JsonSerializer.Serialize(
            pictures.Select((path, i) => new { image = path, caption = $"a dog running near {i} cars", image_id = i })));
        File.WriteAllText(folder.File("val.json"), JsonSerializer.Serialize(pictures.Take(4).Select(path => new { image = path, caption = new[] { "a dog", "a cat" } })));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_TwoEpochs_LeavesCheckpointsLogsAndAPackage()
    {
        var summary = Run(Options("w") with { ValidationFile = folder.File("val.json") });

        Assert.Equal(12, summary.Pictures);
        Assert.Equal(6, summary.Steps);
        Assert.NotNull(summary.Last);
        Assert.Equal(ModelPackage.Open(summary.Package).Config, MplugCheckpoint.Open(summary.Checkpoint).Config);
        foreach (var file in (string[])["checkpoints/epoch_0/pytorch_model.bin", "checkpoints/epoch_1/model.safetensors", "state.safetensors", "log.txt"])
            Assert.True(File.Exists(folder.File($"w/{file}")), file);
        var lines = File.ReadAllLines(folder.File("w/log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(lines, line => line.TryGetProperty("loss_ita", out _) && line.TryGetProperty("data_time", out _) && line.TryGetProperty("iter_time", out _));
        Assert.Equal(2, lines.Count(line => line.TryGetProperty("val_r_mean", out _)));
        Assert.Equal(["best", "checkpoints", "package"], Directory.GetDirectories(folder.File("w")).Select(Path.GetFileName).Order());
    }

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
    public void Run_StateApartFromTheHostCutOffAndResumed_TheSameWeightsAsNear()
    {
        var whole = Run(Options("whole") with { ValidationFile = folder.File("val.json") });
        var options = Options("cut") with { ValidationFile = folder.File("val.json") };
        options = options with { Step = options.Step with { Engine = options.Step.Engine with { AsGpu = true } } };
        using var cut = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(options, new At(4, cut.Cancel), cut.Token));

        AssertSame(whole, Run(options with { Resume = true }));
    }

    [Fact]
    public void Run_DeviceOutOfMemory_LeavesTheStateBeforeToResume()
    {
        var whole = Run(Options("whole") with { StateSteps = 1 });
        var options = Options("w") with { StateSteps = 1 };
        var steps = 0;
        var engine = options.Step.Engine with { BeforeRun = (_, _) => _ = ++steps == 3 ? throw new InvalidOperationException("CUDA error: out of memory") : 0 };

        var error = Assert.Throws<TrainingMemoryException>(() => Run(options with { Step = options.Step with { Engine = engine } }));

        Assert.Contains("CUDA error: out of memory. Use a smaller --batch", error.Message);
        AssertSame(whole, Run(options with { Resume = true }));
    }

    [Fact]
    public void CheckDevice_WithoutIt_SaysWhatIsMissing()
    {
        Trainer.CheckDevice(new EngineOptions());

        Assert.StartsWith(
            "Device cuda:0 needs ONNX Runtime with CUDAExecutionProvider, but this build offers only ",
            Assert.Throws<DeviceUnavailableException>(() => Trainer.CheckDevice(new EngineOptions { Device = DeviceName.Parse("cuda:0") })).Message);
    }

    [Fact]
    public void Settings_AnotherKindOfDevice_AreOfAnotherRun()
    {
        using var model = TrainedModel.Open(Golden);
        var set = TrainingSet.Load([folder.File("train.json")], "/");

        Assert.Equal(On("cuda:0"), On("cuda:1"));
        Assert.NotEqual(On("cpu"), On("cuda:0"));

        string On(string device)
        {
            var options = Options("w");
            return RunSettings.Of(
                model, options with { Step = options.Step with { Engine = new EngineOptions { Device = DeviceName.Parse(device) } } }, set, model.Convention);
        }
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

    [Theory]
    [InlineData("val.jsonl")]
    [InlineData("val.csv")]
    [InlineData("dataset.json")]
    public void Run_ValidationInAnyForm_TheMetricsOfTheReferencesJson(string file)
    {
        WriteForms(file);

        var expected = Run(Options("a") with { Epochs = 1, ValidationFile = folder.File("val.json") });
        var found = Run(Options("b") with { Epochs = 1, ValidationFile = folder.File(file) });

        Assert.NotNull(found.Last);
        Assert.Equal(expected.Last, found.Last);
    }

    [Fact]
    public void Open_ValidationThatCannotBe_SaysWhyBeforeTraining()
    {
        WriteForms("dataset.json");
        File.WriteAllText(folder.File("gone.jsonl"), """{"image": "/none.png", "caption": "a dog"}""");

        Assert.Equal(
            $"'{folder.File("dataset.json")}' has no picture of the split 'dev'; it has the splits test, val.",
            Assert.Throws<TrainingDataException>(() => Run(Options("w") with { ValidationFile = folder.File("dataset.json"), ValidationSplit = "dev" })).Message);
        Assert.Equal(
            $"'{folder.File("gone.jsonl")}' names 1 pictures that are not there, first '/none.png'.",
            Assert.Throws<TrainingDataException>(() => Run(Options("w") with { ValidationFile = folder.File("gone.jsonl") })).Message);
        Assert.Contains(
            folder.File("none.csv"), Assert.Throws<TrainingDataException>(() => Run(Options("w") with { ValidationFile = folder.File("none.csv") })).Message);
        Assert.False(Directory.Exists(folder.File("w")));
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
    public void Open_PackageWithRoundedWeights_AsksForTheCheckpoint()
    {
        PackageBuilder.Import(Golden, folder.File("int8"), precision: Precision.Int8);

        var error = Assert.Throws<PackageException>(() => TrainedModel.Open(folder.File("int8")));

        Assert.Equal($"'{folder.File("int8")}' has rounded weights (int8); use the checkpoint, or its fp32 package.", error.Message);
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

    [Fact]
    public void Run_FromAPackage_TheSameAsFromItsCheckpoint()
    {
        PackageBuilder.Import(Golden, folder.File("package"));
        using var checkpoint = TrainedModel.Open(Golden);
        using var package = TrainedModel.Open(folder.File("package"));
        var names = package.Weights.Tensors.Keys.ToList();

        Assert.All(names.Where(name => !name.Contains("token_type", StringComparison.Ordinal)), name =>
        {
            var (expected, found) = (new float[checkpoint.Weights.Tensors[name].Count], new float[package.Weights.Tensors[name].Count]);
            checkpoint.Weights.Read(name, expected);
            package.Weights.Read(name, found);
            Assert.Equal(expected, found);
        });
        Assert.Equal(6, Run(Options("w"), model: folder.File("package")).Steps);
    }

    [Fact]
    public void Run_BrokenPicture_NamesItAndKeepsWhatIsThere()
    {
        File.WriteAllText(folder.File("broken.png"), "no picture");
        File.WriteAllText(folder.File("train.json"), JsonSerializer.Serialize(
            Enumerable.Range(0, 8).Select(i => new { image = folder.File("broken.png"), caption = $"c {i}", image_id = i })));

        var error = Assert.Throws<TrainingDataException>(() => Run(Options("w")));

        Assert.Contains($"The picture '{folder.File("broken.png")}' cannot be used", error.Message);
    }

    [Fact]
    public void Run_TooFewPairs_SaysWhatABatchTakes() => Assert.Contains(
        "have 12 captions; a step takes 64", Assert.Throws<TrainingDataException>(
            () => Run(Options("w") with { Step = new StepOptions { Batch = 64, Queue = 64 } })).Message);

    [Fact]
    public void Run_WhatDiverges_StopsWithTheLastCheckpointKept()
    {
        var options = Options("w") with { Schedule = new() { Rate = 1e30, VisionRate = 1e30, WarmupRate = 1e-5, WarmupSteps = 3 } };

        var error = Assert.Throws<DivergedException>(() => Run(options));

        Assert.Contains("Training has diverged", error.Message);
        Assert.True(File.Exists(folder.File("w/best/pytorch_model.bin")));
        Assert.True(File.Exists(folder.File("w/state.safetensors")));
    }

    TrainingOptions Options(string work) => new()
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

    /// <summary>Writes the validation set in another form.</summary>
    void WriteForms(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("val.json")));
        var pictures = json.RootElement.EnumerateArray()
            .Select(entry => (Image: entry.GetProperty("image").GetString()!, Captions: entry.GetProperty("caption").EnumerateArray().Select(text => text.GetString()!).ToArray()))
            .ToList();
        var pairs = pictures.SelectMany(picture => picture.Captions.Select(caption => (picture.Image, Caption: caption)));
        File.WriteAllText(folder.File(file), Path.GetExtension(file) switch
        {
            ".jsonl" => string.Join('\n', pairs.Select(pair => JsonSerializer.Serialize(new { image = pair.Image, caption = pair.Caption }))),
            ".csv" => "image:FILE,answer:Value\n" + string.Join('\n', pairs.Select(pair => $"{pair.Image},\"{pair.Caption}\"")),
            _ => JsonSerializer.Serialize(new
            {
                images = pictures.Select(picture => new { filename = picture.Image, split = "val", sentences = picture.Captions.Select(raw => new { raw }) })
                    .Append(new { filename = pictures[0].Image, split = "test", sentences = new[] { new { raw = "never" } }.AsEnumerable() }),
            }),
        });
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

    static void AssertSame(TrainingSummary expected, TrainingSummary found)
    {
        Assert.Equal(expected.Steps, found.Steps);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(expected.Checkpoint, CheckpointFolder.SafetensorsFile)),
            File.ReadAllBytes(Path.Combine(found.Checkpoint, CheckpointFolder.SafetensorsFile)));
        Assert.Equal(ModelPackage.Open(expected.Package).Fingerprint, ModelPackage.Open(found.Package).Fingerprint);
    }

    static TrainingSummary Run(
        TrainingOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default, string? model = null)
    {
        using var opened = TrainedModel.Open(model ?? Golden);
        using var trainer = new Trainer(opened, options);
        return trainer.Run(progress, cancellation);
    }

    /// <summary>Does something after a step.</summary>
    sealed class At(int step, Action act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step)
                act();
        }
    }
}
