using System.Xml.Linq;

namespace MplugCluster.Structure.Tests;

/// <summary>Which project may know which: the arrows of the README's picture.</summary>
public sealed class ReferenceArrowTests
{
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Model"] = [],
        ["Grains.Interfaces"] = [],
        ["Grains"] = ["Grains.Interfaces", "Model"],
        ["Silo"] = ["Grains"],
        ["Gateway"] = ["Grains.Interfaces", "Silo"],
        ["Training"] = ["Model"],
        ["Cli"] = ["Gateway", "Model", "Training"],
    };

    static readonly string[] Projects = [.. Directory.GetFiles(Repository.Root, "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })];

    [Fact]
    public void Projects_AtTheTop_AreTheKnownOnes() =>
        Assert.Empty(Projects.Select(Path.GetFileNameWithoutExtension).Except(Allowed.Keys));

    [Theory]
    [InlineData("Model")]
    [InlineData("Grains.Interfaces")]
    [InlineData("Grains")]
    [InlineData("Silo")]
    [InlineData("Gateway")]
    [InlineData("Training")]
    [InlineData("Cli")]
    public void References_OfAProject_AreAllowed(string project)
    {
        var references = References(Path.Combine(Repository.Root, project, $"{project}.csproj"), "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void ExternalClient_KnowsOnlyTheContracts() => Assert.Equal(
        ["Grains.Interfaces"],
        References(Path.Combine(Repository.Root, "tests", "ExternalClient", "ExternalClient.csproj"), "ProjectReference").Select(Path.GetFileNameWithoutExtension));

    [Fact]
    public void Model_KnowsNoOrleansAndNoWeb() => Assert.DoesNotContain(
        References(Path.Combine(Repository.Root, "Model", "Model.csproj"), "PackageReference"),
        package => package.Contains("Orleans", StringComparison.Ordinal) || package.Contains("AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void Contracts_KnowOnlyTheOrleansSdk() => Assert.Equal(
        ["Microsoft.Orleans.Sdk"], References(Path.Combine(Repository.Root, "Grains.Interfaces", "Grains.Interfaces.csproj"), "PackageReference"));

    static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);
}
