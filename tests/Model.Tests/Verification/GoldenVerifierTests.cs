using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;

namespace MplugCluster.Model.Tests.Verification;

/// <summary>The whole model through the emitted files, stage by stage, against the reference's numbers.</summary>
public sealed class GoldenVerifierTests
{
    public static TheoryData<string> Sets => [.. Repository.GoldenSets];

    [Theory, MemberData(nameof(Sets))]
    public void Verify_ImportedCheckpoint_EveryStageWithinTolerance(string set)
    {
        using var folder = new TemporaryFolder();
        PackageBuilder.Import(Repository.Golden(set), folder.File("package"));
        var checks = GoldenVerifier.Verify(ModelPackage.Open(folder.File("package")), Repository.Golden(set));
        Assert.All(checks, check => Assert.True(
            check.Passed, $"{check.Quantity}: difference {check.MaxDifference:g3}, tolerance {check.Tolerance:g3}"));

        // 2 token checks, pixels, image tokens and embedding, text tokens, 4 for each convention, at least 10 activations.
        Assert.True(checks.Count >= 24, $"only {checks.Count} quantities were compared");
        Assert.Equal(set == "tiny-base", checks.Any(check => check.Quantity == "position embedding, resized"));
    }

    [Theory, MemberData(nameof(Sets))]
    public void Verify_InTheWaysOfAGpu_EveryStageWithinTheProcessorsTolerance(string set)
    {
        using var folder = new TemporaryFolder();
        PackageBuilder.Import(Repository.Golden(set), folder.File("package"));
        var package = ModelPackage.Open(folder.File("package"));
        var expected = GoldenVerifier.Verify(package, Repository.Golden(set)).ToDictionary(check => check.Quantity, check => check.Tolerance);

        var checks = GoldenVerifier.Verify(package, Repository.Golden(set), new EngineOptions { AsGpu = true });

        Assert.Equal(expected.Keys, checks.Select(check => check.Quantity));
        Assert.All(checks, check => Assert.True(check.MaxDifference <= expected[check.Quantity], $"{check.Quantity}: difference {check.MaxDifference:g3}"));
    }

    [Fact]
    public void Verify_OtherSetsNumbers_Fails()
    {
        using var folder = new TemporaryFolder();
        PackageBuilder.Import(Repository.Path("tests", "golden", "tiny-stride3"), folder.File("package"));
        var package = ModelPackage.Open(folder.File("package"));
        Directory.CreateDirectory(folder.File("set"));
        foreach (var file in Directory.EnumerateFiles(Repository.Golden("tiny-stride3"), "*", SearchOption.AllDirectories))
        {
            var copy = folder.File(Path.Combine("set", Path.GetRelativePath(Repository.Golden("tiny-stride3"), file)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var damaged = folder.File(Path.Combine("set", "expected", "itm_logits_ms25.npy"));
        var bytes = File.ReadAllBytes(damaged);
        BitConverter.TryWriteBytes(bytes.AsSpan(^4), BitConverter.ToSingle(bytes, bytes.Length - 4) + 1e-3f);
        File.WriteAllBytes(damaged, bytes);
        var failed = GoldenVerifier.Verify(package, folder.File("set")).Where(check => !check.Passed).ToArray();

        // The array is compared with the engine's own choice of form, and with each form.
        Assert.Equal(
            ["ITM logits, ms25", "ITM logits, keys and values computed", "ITM logits, keys and values absorbed"], failed.Select(check => check.Quantity));
        Assert.All(failed, check => Assert.Equal(1e-3, check.MaxDifference, 1e-4));
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, 0.5)]
    [InlineData(new[] { float.NaN, 2, 2 }, double.NaN)]
    [InlineData(new float[] { 1, 2 }, double.PositiveInfinity)]
    public void Difference_OfWhatWasFound_TheLargestAndNaNIsLarger(float[] found, double difference) =>
        Assert.Equal(difference, GoldenVerifier.Difference(found, [1.5f, 2, 3]));
}
