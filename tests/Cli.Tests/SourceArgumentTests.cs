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
        Assert.Equal("folder:" + folder.Path, SourceArgument.Of(folder.File("all.tar"), null, folder.Path).Source.Pictures);
    }

    [Theory]
    [InlineData("azure:pictures", "azure:pictures", "")]
    [InlineData("azure:pictures/2025", "azure:pictures/2025", "")]
    [InlineData("azure:pictures/2025/all.tar", "azure:pictures", "2025/all.tar")]
    [InlineData("folder:/data/list.csv", "folder:/data", "list.csv")]
    [InlineData("folder:/list.csv", "folder:/", "list.csv")]
    [InlineData("folder:/data", "folder:/data", "")]
    public void Of_Addresses_WhatTheClusterReads(string source, string address, string path)
    {
        var found = SourceArgument.Of(source, null, null);

        Assert.Equal((false, address, path), (found.IsHere, found.Source.Address, found.Source.Path));
    }

    [Theory]
    [InlineData("/none", null, "There is no folder '/none'.")]
    [InlineData("/none/a.tar", null, "There is no file '/none/a.tar'.")]
    [InlineData("azure:x", "tar", "'azure:x' names no file.")]
    public void Of_NoSource_UsageError(string source, string? kind, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => SourceArgument.Of(source, kind, null)).Message);

    [Theory]
    [InlineData("azure:c/list.csv", "/pictures", "With --server, the pictures of a manifest that the server reads are the server's too; write --pictures folder:/path or azure:container/prefix, not '/pictures'.")]
    [InlineData("list.csv", "azure:c", "With --server, the pictures of a manifest of this machine are on this machine too; 'azure:c' is the server's. Put the manifest there as well.")]
    public void CheckOnOneSide_PicturesOnTheOtherMachine_UsageError(string source, string pictures, string message)
    {
        File.WriteAllText(folder.File("list.csv"), "");
        var named = SourceArgument.Of(source == "list.csv" ? folder.File(source) : source, null, pictures);

        Assert.Equal(message, Assert.Throws<UsageException>(() => SourceArgument.CheckOnOneSide(named, pictures)).Message);
    }

    [Fact]
    public void Of_FileOfNoKind_SaysWhichThereAre()
    {
        File.WriteAllText(folder.File("list.txt"), "");

        Assert.EndsWith(
            "is a file of no known kind; set --kind: tar, jsonl, csv or parquet.",
            Assert.Throws<UsageException>(() => SourceArgument.Of(folder.File("list.txt"), null, null)).Message);
    }

    static (string, string) Of(string source, string? kind = null)
    {
        var found = SourceArgument.Of(source, kind, null);
        Assert.True(found.IsHere);
        return (found.Source.Address, found.Source.Path);
    }
}
