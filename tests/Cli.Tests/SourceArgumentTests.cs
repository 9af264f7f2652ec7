using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Index;

namespace MplugCluster.Cli.Tests;

/// <summary>Sources as the command line names them.</summary>
public sealed class SourceArgumentTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_LocalPaths_FoldersAndFilesInFull()
    {
        File.WriteAllText(folder.File("all.tar"), "");
        File.WriteAllText(folder.File("list.txt"), "");

        Assert.Equal(($"folder:{folder.Path}", ""), Of(folder.Path + "/"));
        Assert.Equal(($"folder:{folder.Path}", "all.tar"), Of(folder.File("all.tar")));
        Assert.Equal(($"folder:{folder.Path}", "list.txt"), Of(folder.File("list.txt"), "csv"));
        Assert.Equal("folder:" + folder.Path, SourceArgument.Of(folder.File("all.tar"), null, folder.Path, false).Pictures);
    }

    [Theory]
    [InlineData("azure:pictures", "azure:pictures", "")]
    [InlineData("azure:pictures/2025", "azure:pictures/2025", "")]
    [InlineData("azure:pictures/2025/all.tar", "azure:pictures", "2025/all.tar")]
    [InlineData("/data/list.csv", "folder:/data", "list.csv")]
    [InlineData("/list.csv", "folder:/", "list.csv")]
    [InlineData("/data", "folder:/data", "")]
    [InlineData("folder:/data", "folder:/data", "")]
    public void Of_SourcesElsewhere_AddressAndPath(string source, string address, string path)
    {
        var found = SourceArgument.Of(source, null, null, isElsewhere: true);

        Assert.Equal((address, path), (found.Address, found.Path));
    }

    [Theory]
    [InlineData("/none", null, false, "There is no folder '/none'.")]
    [InlineData("/none/a.tar", null, false, "There is no file '/none/a.tar'.")]
    [InlineData("pictures", null, true, "With --server, 'pictures' must be a path of the server's machine, in full, or azure:container/prefix.")]
    [InlineData("azure:x", "tar", false, "'azure:x' names no file.")]
    public void Of_NoSource_UsageError(string source, string? kind, bool isElsewhere, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => SourceArgument.Of(source, kind, null, isElsewhere)).Message);

    [Fact]
    public void Of_FileOfNoKind_SaysWhichThereAre()
    {
        File.WriteAllText(folder.File("list.txt"), "");

        Assert.EndsWith(
            "is a file of no known kind; set --kind: tar, jsonl, csv or parquet.",
            Assert.Throws<UsageException>(() => SourceArgument.Of(folder.File("list.txt"), null, null, false)).Message);
    }

    static (string, string) Of(string source, string? kind = null)
    {
        var found = SourceArgument.Of(source, kind, null, isElsewhere: false);
        return (found.Address, found.Path);
    }
}
