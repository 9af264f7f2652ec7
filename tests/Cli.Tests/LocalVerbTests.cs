using System.Text.Json;
using MplugCluster.Model.Numpy;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Tests;

/// <summary>The verbs that need no cluster: import, preprocess, verify.</summary>
public sealed class LocalVerbTests : IDisposable
{
    static readonly string Golden = Repository.Golden("tiny-stride3");

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Import_Checkpoint_APackageThatVerifies()
    {
        var imported = await CommandRun.Of("import", Golden, "--out", folder.File("p"), "--json");
        var verified = await CommandRun.Of("verify", folder.File("p"), "--golden", Golden, "--json");

        Assert.Equal((0, 0), (imported.Code, verified.Code));
        Assert.Equal(ModelPackage.Open(folder.File("p")).Fingerprint, imported.Json.GetProperty("fingerprint").GetString());
        Assert.True(imported.Json.GetProperty("used").GetInt32() > 100);
        Assert.Contains(imported.Json.GetProperty("ignored").EnumerateArray(), tensor => tensor.GetProperty("name").GetString()!.Contains("queue"));
        Assert.True(verified.Json.GetProperty("passed").GetBoolean());
        Assert.All(verified.Json.GetProperty("checks").EnumerateArray(), check =>
            Assert.True(check.GetProperty("max_difference").GetDouble() <= check.GetProperty("tolerance").GetDouble()));
    }

    [Fact]
    public async Task Import_ConventionAndRandom_AsAsked()
    {
        await CommandRun.Of("import", Golden, "--out", folder.File("p"), "--convention", "am30");
        var random = await CommandRun.Of("import", "--random", Golden, "--out", folder.File("r"), "--seed", "5");

        Assert.Equal("Am30", $"{ModelPackage.Open(folder.File("p")).Convention}");
        Assert.Equal(0, random.Code);
        Assert.Contains("fingerprint", random.Output);
        Assert.NotEqual(ModelPackage.Open(folder.File("p")).Fingerprint, ModelPackage.Open(folder.File("r")).Fingerprint);
    }

    [Fact]
    public async Task Import_FeaturePrecision_InTheManifestAndTheReport()
    {
        var fp32 = await CommandRun.Of("import", Golden, "--out", folder.File("p"), "--json");
        var fp16 = await CommandRun.Of("import", Golden, "--out", folder.File("h"), "--feature-precision", "fp16", "--json");
        var random = await CommandRun.Of("import", "--random", Golden, "--out", folder.File("r"), "--feature-precision", "fp16");

        Assert.Equal((0, 0, 0), (fp32.Code, fp16.Code, random.Code));
        Assert.Equal("fp32", fp32.Json.GetProperty("feature_precision").GetString());
        Assert.Equal("fp16", fp16.Json.GetProperty("feature_precision").GetString());
        Assert.NotEqual(fp32.Json.GetProperty("fingerprint").GetString(), fp16.Json.GetProperty("fingerprint").GetString());
        Assert.Contains("features fp16", random.Output);
        Assert.Equal(FeaturePrecision.Fp16, ModelPackage.Open(folder.File("h")).Manifest.FeaturePrecision);
        Assert.Equal(FeaturePrecision.Fp16, ModelPackage.Open(folder.File("r")).Manifest.FeaturePrecision);
    }

    [Fact]
    public async Task Import_Int8_InTheManifestAndCompared()
    {
        var imported = await CommandRun.Of("import", Repository.Path("tests", "scenes", "checkpoint"), "--out", folder.File("i"), "--precision", "int8", "--json");
        var annotations = folder.File("a.json");
        File.WriteAllText(annotations, """[{"image": "scene0000.png", "caption": "a red cross"}, {"image": "scene0001.jpg", "caption": ["a star", "a circle"]}]""");
        string[] compared = ["verify", folder.File("i"), "--against", Repository.Scenes, "--annotations", annotations, "--images", Repository.Pictures];
        var json = await CommandRun.Of([.. compared, "--json"]);
        var text = await CommandRun.Of(compared);

        Assert.Equal((0, 0, 0), (imported.Code, json.Code, text.Code));
        Assert.Equal("int8", imported.Json.GetProperty("precision").GetString());
        Assert.Equal(Precision.Int8, ModelPackage.Open(folder.File("i")).Manifest.Precision);
        Assert.InRange(json.Json.GetProperty("image_cosine").GetProperty("least").GetDouble(), 0.99, 0.9999999);
        Assert.Equal(6, json.Json.GetProperty("pairs").GetInt32());
        Assert.Contains("ITM logits of 6 pairs: rank correlation ", text.Output);
    }

    [Fact]
    public async Task Import_Fp16_InTheManifestAndCompared()
    {
        var imported = await CommandRun.Of("import", Repository.Path("tests", "scenes", "checkpoint"), "--out", folder.File("h"), "--precision", "fp16", "--json");
        var annotations = folder.File("a.json");
        File.WriteAllText(annotations, """[{"image": "scene0000.png", "caption": "a red cross"}, {"image": "scene0001.jpg", "caption": ["a star", "a circle"]}]""");
        var compared = await CommandRun.Of(
            "verify", folder.File("h"), "--against", Repository.Scenes, "--annotations", annotations, "--images", Repository.Pictures, "--json");

        var scored = await CommandRun.Of(
            "score", "--image", Path.Combine(Repository.Pictures, "scene0000.png"), "--text", "a red cross", "--model", folder.File("h"), "--store", folder.File("s"), "--json");

        Assert.Equal((0, 0, 0), (imported.Code, compared.Code, scored.Code));
        Assert.Contains("is an fp16 package, which is for GPUs. On the processor an fp32 package", scored.Error);
        Assert.Equal("fp16", imported.Json.GetProperty("precision").GetString());
        Assert.InRange(compared.Json.GetProperty("image_cosine").GetProperty("least").GetDouble(), 0.9999, 1.000001);
    }

    [Fact]
    public async Task Import_TargetInUse_Fails()
    {
        await CommandRun.Of("import", Golden, "--out", folder.File("p"));

        var again = await CommandRun.Of("import", Golden, "--out", folder.File("p"));

        Assert.Equal(2, again.Code);
        Assert.Contains("exists and is not empty", again.Error);
    }

    [Fact]
    public async Task Verify_OneNumberOff_FailsAndNamesIt()
    {
        foreach (var file in Directory.GetFiles(Golden, "*", SearchOption.AllDirectories))
        {
            var copy = folder.File(Path.Combine("set", Path.GetRelativePath(Golden, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var damaged = folder.File(Path.Combine("set", "expected", "image_feat.npy"));
        var bytes = File.ReadAllBytes(damaged);
        BitConverter.TryWriteBytes(bytes.AsSpan(^4), 5f);
        File.WriteAllBytes(damaged, bytes);
        await CommandRun.Of("import", Golden, "--out", folder.File("p"));

        var run = await CommandRun.Of("verify", folder.File("p"), "--golden", folder.File("set"));

        Assert.Equal(1, run.Code);
        var line = Assert.Single(run.Output.Split('\n'), line => line.Contains("FAILED"));
        Assert.Contains("image embedding", line);
    }

    [Fact]
    public async Task Verify_SetOfAnotherModel_SaysSo()
    {
        var run = await CommandRun.Of("verify", Repository.Scenes, "--golden", Golden);

        Assert.Equal(1, run.Code);
        Assert.Contains("was made with another model", run.Error);
    }

    [Theory]
    [InlineData("ms25", "pixels")]
    [InlineData("am30", "pixels")]
    public async Task Preprocess_GoldenPictures_TheEncodersInput(string convention, string array)
    {
        await CommandRun.Of("import", Golden, "--out", folder.File("p"));
        string[] pictures = [.. Directory.GetFiles(Path.Combine(Golden, "images")).Order(StringComparer.Ordinal)];

        var run = await CommandRun.Of(["preprocess", .. pictures, "--model", folder.File("p"), "--out", folder.File("o"), "--convention", convention, "--json"]);

        Assert.Equal(0, run.Code);
        Assert.Equal(pictures.Length, run.Json.GetProperty("written").GetArrayLength());
        var expected = NpyFile.Read<float>(Path.Combine(Golden, "expected", $"{array}.npy"));
        var size = expected.Data.Length / expected.Shape[0];
        foreach (var (i, picture) in pictures.Index())
        {
            var found = NpyFile.Read<float>(Path.Combine(folder.File("o"), Path.GetFileName(picture) + ".npy"));
            Assert.Equal(expected.Shape[1..], found.Shape);
            var differs = !expected.Data.AsSpan(i * size, size).SequenceEqual(found.Data);
            var may = picture.Contains("grey16") || (convention == "am30" && picture.Contains("exif"));
            Assert.Equal(may, differs && MaxDifference(expected.Data.AsSpan(i * size, size), found.Data) > 1e-6f);
        }
    }

    [Fact]
    public async Task Preprocess_SomeBad_OneLineEachAndTheRestWritten()
    {
        File.WriteAllText(folder.File("bad.png"), "no picture");
        var good = Directory.GetFiles(Repository.Pictures)[0];

        File.WriteAllText(folder.File("none.jpg"), "no picture either");
        var run = await CommandRun.Of("preprocess", folder.File("bad.png"), good, folder.File("none.jpg"), "--out", folder.File("o"));
        var strict = await CommandRun.Of("preprocess", folder.File("bad.png"), good, "--out", folder.File("o"), "--strict");
        var none = await CommandRun.Of("preprocess", folder.File("bad.png"), "--out", folder.File("o"));

        Assert.Equal((0, 1, 1), (run.Code, strict.Code, none.Code));
        Assert.Equal($"1 of 3 pictures written to {folder.File("o")}", run.Output.Trim());
        var lines = run.Error.Trim().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{folder.File("bad.png")}: unsupported: ", lines[0]);
        Assert.StartsWith($"{folder.File("none.jpg")}: unsupported: ", lines[1]);
        Assert.True(File.Exists(Path.Combine(folder.File("o"), Path.GetFileName(good) + ".npy")));
    }

    static float MaxDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var max = 0f;
        for (var i = 0; i < a.Length; i++)
            max = Math.Max(max, Math.Abs(a[i] - b[i]));
        return max;
    }
}
