using System.Text.RegularExpressions;

namespace MplugCluster.Structure.Tests;

/// <summary>Tests of minutes stay out of a plain 'dotnet test'.</summary>
public sealed partial class SoakRuleTests
{
    [Fact]
    public void SoakTests_AreMarkedBySoakFact() => Assert.Empty(
        Directory.GetFiles(Repository.Path("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => SoakTrait().IsMatch(File.ReadAllText(path)))
            .Select(path => $"{Path.GetRelativePath(Repository.Root, path)}: write [SoakFact] instead of a trait; the trait alone runs in every 'dotnet test'."));

    [GeneratedRegex("Trait\\(\"Category\", ?\"Soak\"\\)")]
    private static partial Regex SoakTrait();
}
