using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Packages;

/// <summary>A package that is not as it was written is noticed when it is opened.</summary>
public sealed class ModelPackageTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string package;

    public ModelPackageTests()
    {
        package = folder.File("package");
        Directory.CreateDirectory(package);
        foreach (var file in Directory.GetFiles(Repository.Scenes))
            File.Copy(file, Path.Combine(package, Path.GetFileName(file)));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("weights.bin")]
    [InlineData("vocab.txt")]
    [InlineData("image_encoder.onnx")]
    [InlineData("text_encoder.onnx")]
    [InlineData("pair_scorer.onnx")]
    public void Open_OneBitOtherwise_NamesFileAndHashes(string file)
    {
        var path = Path.Combine(package, file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Matches($"{file} has XXH128 [0-9a-f]{{32}}, but [0-9a-f]{{32}} was written: it was changed or is damaged", Error());
    }

    [Fact]
    public void Open_FileCutOrMissing_Said()
    {
        using (var weights = File.OpenWrite(Path.Combine(package, "weights.bin")))
            weights.SetLength(1000);
        Assert.Contains("weights.bin has 1,000 bytes, but 6,692,864 were written: it was cut or changed.", Error());

        File.Delete(Path.Combine(package, "weights.bin"));
        Assert.Equal($"The package '{package}' lacks weights.bin.", Error());
    }

    [Theory]
    [InlineData("\"format\": 2", "\"format\": 1", "has format 1; this build reads format 2. Import the checkpoint again.")]
    [InlineData("\"format\": 2", "\"format\": \"x\"", "has format x; this build reads format 2.")]
    [InlineData("\"fingerprint\"", "\"finger\"", "is damaged: ")]
    [InlineData("\"numerics\": 2", "\"numerics\": 1", "was made for numerics 1; this build computes numerics 2. Import the checkpoint again.")]
    [InlineData(
        "\"feature_precision\": \"fp32\"", "\"feature_precision\": \"fp8\"",
        "has the feature_precision \"fp8\"; this build knows fp32, fp16. Import the checkpoint again.")]
    [InlineData("\"feature_precision\": \"fp32\"", "\"feature_precision\": 16", "has the feature_precision 16; this build knows fp32, fp16.")]
    [InlineData("\"precision\": \"fp32\"", "\"precision\": \"fp8\"", "has the precision \"fp8\"; this build knows fp32, fp16, int8. Import the checkpoint again.")]
    [InlineData("\"weights.bin\"", "\"a\\u0000b\"", "names a file that is not a plain file name")]
    [InlineData("{", "", "is damaged: ")]
    [InlineData("\"weights.bin\"", "\"../weights.bin\"", "names a file that is not a plain file name")]
    public void Open_ManifestOtherwise_Said(string old, string changed, string expected)
    {
        var manifest = Path.Combine(package, "package.json");
        var text = File.ReadAllText(manifest);
        Assert.Contains(old, text);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(manifest, text[..at] + changed + text[(at + old.Length)..]);

        Assert.Contains(expected, Error());
    }

    [Fact]
    public void Open_ManifestWithoutFeaturePrecision_Fp32AndTheSameFingerprint()
    {
        var manifest = Path.Combine(package, "package.json");
        var text = File.ReadAllText(manifest);
        File.WriteAllText(manifest, text.Replace("  \"feature_precision\": \"fp32\",\n", ""));
        Assert.NotEqual(text, File.ReadAllText(manifest));

        var opened = ModelPackage.Open(package);

        Assert.Equal(FeaturePrecision.Fp32, opened.Manifest.FeaturePrecision);
        Assert.Equal("cf7f0cca28c2b317b2a6dd6e38308e2d", opened.Fingerprint);
        Assert.Equal(37 * 96 * 4, opened.TokenBytes);
    }

    [Fact]
    public void Open_NoPackage_Said()
    {
        File.Delete(Path.Combine(package, "package.json"));

        Assert.False(ModelPackage.IsPackage(package));
        Assert.Equal($"'{package}' is not a model package: it has no package.json.", Error());
    }

    [Fact]
    public void Scenes_Package_IsTheImportOfTheReferencesCheckpoint()
    {
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), folder.File("again"));

        foreach (var file in Directory.GetFiles(Repository.Scenes))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder.File("again"), Path.GetFileName(file))));
    }

    string Error() => Assert.Throws<PackageException>(() => ModelPackage.Open(package)).Message;
}
