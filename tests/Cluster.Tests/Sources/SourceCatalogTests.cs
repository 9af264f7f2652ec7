using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Sources;

public sealed class SourceCatalogTests : IDisposable
{
    readonly SourceFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Open_NoAddress_TheStore() => Assert.Same(folder.Store, folder.Catalog.Open(""));

    [Fact]
    public async Task Open_AFolderBelowARoot_ReadsItsFiles()
    {
        folder.Write("in/a.png", "picture");

        var source = folder.Catalog.Open($"{folder.Address}/in/");

        Assert.Equal("ctu"u8.ToArray(), await source.ReadRange("a.png", 2, 3));
        Assert.Equal(Path.Combine(folder.Root, "in", "a.png"), source.LocalFile("a.png"));
        Assert.Null(await source.ReadRange("b.png", 0, -1));
        Assert.Equal(7, (await source.Head("a.png"))!.Length);
        Assert.Null(await source.Head("b.png"));
        Assert.Same(source, folder.Catalog.Open($"{folder.Address}/in/"));
    }

    [Fact]
    public void Open_AFolderElsewhere_NamesTheSetting()
    {
        foreach (var elsewhere in new[] { folder.Outside, $"{folder.Root}/..", $"{folder.Root}-sibling", "/" })
        {
            var refusal = Assert.Throws<SourceException>(() => folder.Catalog.Open($"folder:{elsewhere}"));
            Assert.Equal(
                $"The folder '{elsewhere}' may not be read: it is not below a directory that Mplug:Sources:Roots names. Whoever runs the cluster can add it there.",
                refusal.Message);
        }
    }

    [Fact]
    public void Open_NothingIsAllowed_RefusesAll()
    {
        var closed = new SourceCatalog(folder.Store, SourceSettings.None, new AzureAccount());

        Assert.Throws<SourceException>(() => closed.Open(folder.Address));
        Assert.Equal(
            "The container 'pictures' may not be read: Mplug:Sources:Containers does not name it. Whoever runs the cluster can add it there.",
            Assert.Throws<SourceException>(() => closed.Open("azure:pictures")).Message);
    }

    [Theory]
    [InlineData("pictures", "'pictures' is not a source; write folder:/absolute/path or azure:container/prefix.")]
    [InlineData("folder:pictures", "'pictures' is not an absolute path; write folder:/absolute/path.")]
    [InlineData("azure:Pictures", "'Pictures' is not a container's name; 3 to 63 lower-case letters, digits and single hyphens are.")]
    [InlineData("azure:pictures/../x", "the prefix of 'azure:pictures/../x' has a segment that is empty, '.' or '..'.")]
    public void Open_NoAddress_SaysHowToWriteOne(string address, string message) =>
        Assert.Equal(message, Assert.Throws<SourceException>(() => folder.Catalog.Open(address)).Message);

    [Fact]
    public void Open_AContainerWithoutAnAccount_SaysSo()
    {
        var open = new SourceCatalog(folder.Store, new SourceSettings([], [SourceSettings.AnyContainer]), new AzureAccount());

        Assert.Equal(
            "'azure:pictures' needs an account: set Mplug:Azure:ConnectionString or Mplug:Azure:ServiceUrl.",
            Assert.Throws<SourceException>(() => open.Open("azure:pictures")).Message);
    }

    [Fact]
    public async Task Folder_ThatIsGone_IsAFailureNotAMissingPicture()
    {
        folder.Write("in/a.png");
        var source = folder.Catalog.Open($"{folder.Address}/in");
        Directory.Delete(Path.Combine(folder.Root, "in"), recursive: true);

        foreach (var call in new Func<Task>[] { () => source.ReadRange("a.png", 0, -1), () => source.Head("a.png"), async () => await source.List("").ToArrayAsync() })
        {
            var failure = await Assert.ThrowsAsync<StoreException>(call);
            Assert.StartsWith($"There is no folder '{Path.Combine(folder.Root, "in")}' on the machine ", failure.Message);
        }
    }

    [Fact]
    public async Task Folder_LinksWithinTheRoots_AreFollowed()
    {
        folder.Write("real/a.png", "picture");
        File.CreateSymbolicLink(Path.Combine(folder.Root, "link.png"), "real/a.png");
        Directory.CreateSymbolicLink(Path.Combine(folder.Root, "linked"), Path.Combine(folder.Root, "real"));
        var source = folder.Catalog.Open(folder.Address);

        Assert.Equal("picture"u8.ToArray(), await source.ReadRange("link.png", 0, -1));
        Assert.Equal("picture"u8.ToArray(), await source.ReadRange("linked/a.png", 0, -1));
        Assert.Equal(["link.png", "linked/a.png", "real/a.png"], await source.List("").Select(info => info.Path).ToArrayAsync());
    }

    [Fact]
    public async Task Folder_LinksThatLeadOut_AreListedButNotRead()
    {
        File.WriteAllText(Path.Combine(folder.Outside, "secret.png"), "secret");
        File.CreateSymbolicLink(Path.Combine(folder.Root, "a.png"), Path.Combine(folder.Outside, "secret.png"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Root, "out"), folder.Outside);
        File.CreateSymbolicLink(Path.Combine(folder.Root, "z.png"), "nowhere");
        Directory.CreateSymbolicLink(Path.Combine(folder.Root, "self"), ".");
        var source = folder.Catalog.Open(folder.Address);

        var listed = await source.List("").ToArrayAsync();

        Assert.Equal(["a.png", "out", "self", "z.png"], listed.Select(info => info.Path));
        Assert.Equal(
            [
                "it is a link that leads out of the folders that may be read.",
                "it is a link that leads out of the folders that may be read.",
                "it is a link to a folder that it lies in.",
                "it is a link that leads nowhere.",
            ],
            listed.Select(info => info.Fault));
        foreach (var path in new[] { "a.png", "out/secret.png", "out/store" })
        {
            var refusal = await Assert.ThrowsAsync<SourceException>(() => source.ReadRange(path, 0, -1));
            Assert.Equal($"'{path}' in '{folder.Address}' is a link that leads out of the folders that Mplug:Sources:Roots allows.", refusal.Message);
            await Assert.ThrowsAsync<SourceException>(() => source.Head(path));
        }

        Assert.Throws<SourceException>(() => folder.Catalog.Open($"{folder.Address}/out"));
        await Assert.ThrowsAsync<StoreException>(() => source.ReadRange("../secret.png", 0, -1));
    }

    [Fact]
    public async Task Folder_AnyNames_InOrdinalOrder()
    {
        string[] paths = ["B/x", "a-b", "a/b/c", "a/b.png", "a.png", "a:b\\c.png", ".hidden/x", "é", "a b"];
        foreach (var path in paths)
            folder.Write(path, "1");
        var source = folder.Catalog.Open(folder.Address);

        Assert.Equal(paths.Order(StringComparer.Ordinal), await source.List("").Select(info => info.Path).ToArrayAsync());
        Assert.Equal(["a/b.png", "a/b/c"], await source.List("a").Select(info => info.Path).ToArrayAsync());
        Assert.Empty(await source.List("none").ToArrayAsync());
        Assert.NotNull(await source.ReadRange("a:b\\c.png", 0, -1));
    }
}
