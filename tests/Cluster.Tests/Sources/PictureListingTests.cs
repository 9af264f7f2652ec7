using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Sources;

public sealed class PictureListingTests : IDisposable
{
    readonly SourceFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task List_AFolder_PicturesByExtensionAndTheRestIgnored()
    {
        foreach (var path in new[] { "b.JPG", "a/1.jpeg", "a/2.png", "c.webp", "d.gif", "e.Bmp", "notes.txt", "a/Thumbs.db", "README" })
            folder.Write(path, "1");

        var items = await folder.List(SourceKind.Folder);

        Assert.Equal(["a/1.jpeg", "a/2.png", "b.JPG", "c.webp", "d.gif", "e.Bmp"], items.Where(item => item.Outcome == SourceOutcome.Picture).Select(item => item.Id));
        Assert.Equal(["README", "a/Thumbs.db", "notes.txt"], items.Where(item => item.Outcome == SourceOutcome.Ignored).Select(item => item.Id));
        var version = (await folder.Catalog.Open(folder.Address).Head("a/1.jpeg"))!.Version;
        Assert.Equal(new PictureReference("a/1.jpeg", "", Source: folder.Address, Version: version), items.First(item => item.Id == "a/1.jpeg").Picture);
        Assert.Equal(["a/1.jpeg", "a/2.png"], (await folder.List(SourceKind.Folder, "a")).Where(item => item.Picture is not null).Select(item => item.Id));
    }

    [Fact]
    public async Task List_LinksThatLeadOut_Rejected()
    {
        File.CreateSymbolicLink(Path.Combine(folder.Root, "a.png"), folder.Outside);

        var item = Assert.Single(await folder.List(SourceKind.Folder));

        Assert.Equal(
            new ItemError("unreadable", "'a.png' cannot be read: it is a link that leads out of the folders that may be read."), item.Error);
    }

    [Fact]
    public async Task List_NothingThere_SaysSo()
    {
        Assert.Empty(await folder.List(SourceKind.Folder));
        Assert.Equal(
            $"There is nothing below 'none' in '{folder.Address}'.",
            (await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Folder, "none"))).Message);
        Assert.StartsWith(
            $"There is no folder '{folder.Root}/none' on the machine ",
            (await Assert.ThrowsAsync<StoreException>(() => folder.List(SourceKind.Folder, address: $"{folder.Address}/none"))).Message);
        await Assert.ThrowsAsync<SourceException>(() => folder.List(SourceKind.Folder, address: "folder:/"));
    }

    [Fact]
    public async Task Summarize_AFolder_CountsAndShowsTheFirst()
    {
        for (var i = 0; i < 7; i++)
            folder.Write($"{i}.png", "1");
        folder.Write("a.txt");
        folder.Write("b.TXT");
        folder.Write("c");
        File.CreateSymbolicLink(Path.Combine(folder.Root, "z.png"), "nowhere");

        var summary = await IngestListing.Summarize(IngestListing.List(new SourceSpec(SourceKind.Folder, folder.Address), folder.Catalog), first: 2);

        Assert.Equal((7, 0), (summary.Pictures, summary.Texts));
        Assert.Equal(new Dictionary<string, long> { [".txt"] = 2, [""] = 1 }, summary.Ignored);
        Assert.Equal(new Dictionary<string, long> { ["unreadable"] = 1 }, summary.Rejected);
        Assert.Equal(["0.png", "1.png"], summary.FirstPictures.Select(item => item.Id));
        Assert.Equal(["a.txt", "b.TXT"], summary.FirstIgnored.Select(item => item.Id));
        Assert.Equal(["z.png"], summary.FirstRejected.Select(item => item.Id));
        Assert.Empty(summary.FirstTexts);
    }
}
