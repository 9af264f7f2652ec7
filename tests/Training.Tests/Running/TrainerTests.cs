using System.Text.Json;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Packages;
using MplugCluster.Training.Data;
using MplugCluster.Training.Running;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Running;

/// <summary>What a whole run takes and leaves.</summary>
public sealed class TrainerTests : TinyRuns
{
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
    public void Open_PackageWithRoundedWeights_AsksForTheCheckpoint()
    {
        PackageBuilder.Import(Golden, folder.File("int8"), precision: Precision.Int8);

        var error = Assert.Throws<PackageException>(() => TrainedModel.Open(folder.File("int8")));

        Assert.Equal($"'{folder.File("int8")}' has rounded weights (int8); use the checkpoint, or its fp32 package.", error.Message);
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
}
