using System.Diagnostics;
using System.Text.Json;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Tests;

/// <summary><c>mplug train</c>.</summary>
public sealed class TrainTests : IDisposable
{
    static readonly string Golden = Repository.Golden("tiny-stride6");

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_KilledAndResumed_ExactlyTheSameCheckpoint()
    {
        // Processes of their own: this one's thread pool is whatever the first test has made it.
        Assert.Equal(0, await Whole(Line("whole")));
        using (var killed = Start(Line("cut")))
        {
            // The first state is there after two of twelve steps, so the run is hit before its end, or resuming finds it finished: both must hold.
            var patience = Stopwatch.StartNew();
            while (!File.Exists(folder.File("cut/state.safetensors")) && !killed.HasExited && patience.Elapsed < TimeSpan.FromMinutes(2))
                await Task.Delay(5);
            killed.Kill(entireProcessTree: true);
            await killed.WaitForExitAsync();
        }

        Assert.Equal(0, await Whole([.. Line("cut"), "--resume"]));
        Assert.Equal(File.ReadAllBytes(folder.File("whole/best/model.safetensors")), File.ReadAllBytes(folder.File("cut/best/model.safetensors")));
        Assert.Equal(ModelPackage.Open(folder.File("whole/package")).Fingerprint, ModelPackage.Open(folder.File("cut/package")).Fingerprint);
    }

    [Fact]
    public async Task Train_WithValidation_ReportsTheBestEpochAndItsPackage()
    {
        var run = await CommandRun.Of([.. Line("w"), "--val", Path.Combine(Golden, "eval", "val.json"), "--k-test", "4", "--recompute"]);

        Assert.Equal(0, run.Code);
        Assert.InRange(run.Json.GetProperty("best").GetProperty("r_mean").GetDouble(), 0, 100);
        Assert.Contains("12 of 12 pictures of --val are trained on too, so recall says little about others.", run.Error);
        Assert.True(ModelPackage.IsPackage(run.Json.GetProperty("package").GetString()!));
        var imported = await CommandRun.Of("import", run.Json.GetProperty("checkpoint").GetString()!, "--out", folder.File("again"), "--json");
        Assert.Equal(ModelPackage.Open(folder.File("w/package")).Fingerprint, imported.Json.GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task Train_ValidationPicturesElsewhere_NothingToWarnOf()
    {
        Directory.CreateDirectory(folder.File("others"));
        foreach (var picture in Directory.GetFiles(Path.Combine(Golden, "images")))
            File.Copy(picture, folder.File(Path.Combine("others", Path.GetFileName(picture))));
        var epochs = Without(Line("w"), "--max-epochs");

        var run = await CommandRun.Of(
            [.. epochs, "--max-epochs", "1", "--val", Path.Combine(Golden, "eval", "val.json"), "--val-images", folder.File("others"), "--k-test", "4"]);

        Assert.Equal(0, run.Code);
        Assert.DoesNotContain("trained on too", run.Error);
    }

    [Theory]
    [InlineData(2, "There is no folder '/none'", "--val-images", "/none")]
    [InlineData(2, "--queue 2 is less than --batch 4", "--queue", "2")]
    [InlineData(2, "There is no model '/none'", "--model", "/none")]
    [InlineData(2, "--device: 'gpu' is not a device; devices are 'cpu' and 'cuda:0', 'cuda:1', ...", "--device", "gpu")]
    [InlineData(2, "--batch is 1; it must be 2 or more.", "--batch", "1")]
    [InlineData(2, "--lr is -1; it must be 0 or more.", "--lr", "-1")]
    [InlineData(2, "There is no file '/none.json'", "--train", "/none.json")]
    [InlineData(2, "There is nothing to resume", "--resume")]
    public async Task Train_WhatCannotBe_SaysWhy(int code, string message, params string[] flags)
    {
        var run = await CommandRun.Of([.. Without(Line("w"), flags[0]), .. flags]);

        Assert.Equal(code, run.Code);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task Train_DeviceThatIsNotThere_SaysSoBeforeAnythingIsDone()
    {
        // A model that is not there either would be the next thing to be told.
        var run = await CommandRun.Of([.. Without(Line("w"), "--model"), "--model", "/none", "--device", "cuda:0"]);

        Assert.Equal(1, run.Code);
        Assert.StartsWith("Device cuda:0 needs ONNX Runtime with CUDAExecutionProvider, but this build offers only ", run.Error);
        Assert.EndsWith("or use the processor: Mplug__Device__Devices=cpu, with train --device cpu.", run.Error.Trim());
        Assert.DoesNotContain('\n', run.Error.Trim());
        Assert.False(Directory.Exists(folder.File("w")));
    }

    [Fact]
    public async Task Train_WorkDirectoryThatIsAFile_Fails()
    {
        File.WriteAllText(folder.File("w"), "");

        var run = await CommandRun.Of(Line("w"));

        Assert.Equal((2, $"'{folder.File("w")}' is a file; a folder is to be written."), (run.Code, run.Error.Trim()));
    }

    static Process Start(string[] line) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "mplug.dll"), .. line])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    static async Task<int> Whole(string[] line)
    {
        using var process = Start(line);
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode;
    }

    string[] Line(string work)
    {
        File.WriteAllText(folder.File("train.json"), JsonSerializer.Serialize(
            Directory.GetFiles(Path.Combine(Golden, "images")).Order(StringComparer.Ordinal).Select((path, i) => new { image = path, caption = $"{i} dogs", image_id = i })));
        return
        [
            "train", "--json", "--model", Golden, "--train", folder.File("train.json"), "--images", Path.Combine(Golden, "images"), "--work-dir", folder.File(work),
            "--max-epochs", "4", "--batch", "4", "--queue", "16", "--state-steps", "2", "--threads", "1",
        ];
    }

    /// <summary>A command line without a flag that is given anew.</summary>
    static IEnumerable<string> Without(string[] line, string flag)
    {
        var at = Array.IndexOf(line, flag);
        return at < 0 ? line : [.. line[..at], .. line[(at + 2)..]];
    }
}
