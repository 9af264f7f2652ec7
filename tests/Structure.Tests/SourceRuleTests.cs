using System.Text.RegularExpressions;

namespace MplugCluster.Structure.Tests;

/// <summary>Rules that a compiler does not hold.</summary>
public sealed partial class SourceRuleTests
{
    static readonly string[] Top = ["Model", "Grains.Interfaces", "Grains", "Silo", "Gateway", "Training", "Cli"];

    static readonly (string Path, string Text)[] Files =
    [
        .. Top.SelectMany(project => Directory.GetFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
            .Select(path => (Path: Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), path))
            .Where(file => !file.Path.Contains("/obj/") && !file.Path.Contains("/bin/"))
            .Select(file => (file.Path, File.ReadAllText(file.path))),
    ];

    [Fact]
    public void OnnxRuntime_NamedOnlyInModel() =>
        Assert.DoesNotContain(Files, file => !file.Path.StartsWith("Model/", StringComparison.Ordinal) && file.Text.Contains("OnnxRuntime", StringComparison.Ordinal)
            && file.Text.Contains("Microsoft.ML", StringComparison.Ordinal));

    [Fact]
    public void ImageLibraries_NamedOnlyInTheirFolder() => Assert.DoesNotContain(Files, file =>
        (file.Text.Contains("using SkiaSharp", StringComparison.Ordinal) && !file.Path.StartsWith("Model/Imaging/Skia/", StringComparison.Ordinal))
        || (file.Text.Contains("using SixLabors", StringComparison.Ordinal) && !file.Path.StartsWith("Model/Imaging/ImageSharp/", StringComparison.Ordinal)));

    [Fact]
    public void Grains_NeverLeaveTheirSchedulerOrBlock() => Assert.DoesNotContain(
        Files.Where(file => file.Path.EndsWith("Grain.cs", StringComparison.Ordinal)),
        file => Regex.IsMatch(file.Text, @"ConfigureAwait\(false\)|Task\.Run|\.Wait\(\)|\.GetAwaiter\(\)\.GetResult|Thread\."));

    [Fact]
    public void Folders_AreNamedByWhatTheyHold() => Assert.DoesNotContain(
        Files.SelectMany(file => file.Path.Split('/')), part => part is "Common" or "Shared" or "Utils" or "Core" or "Abstractions" or "Helpers");

    [Fact]
    public void Files_HoldOnePublicTypeNamedLikeThem()
    {
        var wrong = Files.Where(file => PublicTypes().Matches(file.Text) is { Count: > 0 } types
            && (types.Count > 1 || types[0].Groups[1].Value != Path.GetFileName(file.Path).Split('.')[0]));

        Assert.Empty(wrong.Select(file => file.Path));
    }

    [Fact]
    public void Files_AreShort()
    {
        var lines = Files.Select(file => file.Text.Count(c => c == '\n')).Order().ToArray();

        Assert.InRange(lines[lines.Length / 2], 1, 100);
        Assert.InRange(lines[lines.Length * 9 / 10], 1, 250);
        Assert.InRange(lines[^1], 1, 400);
    }

    [GeneratedRegex(@"^public (?:static |sealed |abstract |partial |readonly )*(?:class|record struct|record|struct|interface|enum) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicTypes();
}
