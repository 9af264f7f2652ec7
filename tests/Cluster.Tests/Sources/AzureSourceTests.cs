using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Sources;

[Collection(AzuriteServer.Collection)]
public sealed class AzureSourceTests(AzuriteServer azurite) : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task List_AContainer_ItsPicturesWithTheirETags()
    {
        var container = await azurite.Container();
        var blobs = AzureObjectStore.OpenStore(azurite.Open(), container);
        foreach (var path in new[] { "x/b.jpg", "x/A.PNG", "x/notes.txt", "y/c.jpg" })
            await blobs.Write(path, "1"u8.ToArray(), WriteCondition.None);
        var etag = (await blobs.Head("x/b.jpg"))!.Version;

        var items = await List(container.Container, new SourceSpec(SourceKind.Container, $"azure:{container.Container}/x"));

        Assert.Equal([("A.PNG", SourceOutcome.Picture), ("b.jpg", SourceOutcome.Picture), ("notes.txt", SourceOutcome.Ignored)], items.Select(item => (item.Id, item.Outcome)));
        Assert.Equal((etag, $"azure:{container.Container}/x"), (items[1].Picture!.Version, items[1].Picture!.Source));
    }

    [Fact]
    public async Task List_ATarInAContainer_OffsetsIntoIt()
    {
        var container = await azurite.Container();
        var blobs = AzureObjectStore.OpenStore(azurite.Open(), container);
        var tar = TarFile.Ustar(("a.png", "picture a"), ("a.txt", "caption a"), ("large.jpg", new string('x', 3 << 20)), ("z.png", "picture z"));
        await blobs.Write("shard.tar", tar, WriteCondition.None);

        var items = await List(container.Container, new SourceSpec(SourceKind.Tar, $"azure:{container.Container}", "shard.tar"));

        Assert.Equal(["a.png", "large.jpg", "z.png"], items.Select(item => item.Id));
        Assert.Equal("caption a", items[0].Text);
        var last = items[2].Picture!;
        Assert.Equal("picture z"u8.ToArray(), await blobs.ReadRange(last.Path, last.Offset, last.Length));
    }

    [Fact]
    public async Task List_AManifestOfAContainer_MissingOnesShow()
    {
        var container = await azurite.Container();
        var blobs = AzureObjectStore.OpenStore(azurite.Open(), container);
        await blobs.Write("pictures/a.png", "1"u8.ToArray(), WriteCondition.None);
        await blobs.Write("lists/m.csv", "path\na.png\nb.png\n"u8.ToArray(), WriteCondition.None);
        var address = $"azure:{container.Container}";

        var items = await List(container.Container, new SourceSpec(SourceKind.Csv, address, "lists/m.csv", $"{address}/pictures"));

        Assert.Equal([SourceOutcome.Picture, SourceOutcome.Rejected], items.Select(item => item.Outcome));
        Assert.Equal($"Line 3 of 'lists/m.csv': there is no 'b.png' in '{address}/pictures'.", items[1].Error!.Reason);
    }

    [Fact]
    public async Task List_MissingContainer_SaysWhich()
    {
        var container = await azurite.Container(isThere: false);

        var failure = await Assert.ThrowsAsync<StoreException>(() =>
            List(container.Container, new SourceSpec(SourceKind.Container, $"azure:{container.Container}")));

        Assert.StartsWith($"Azure container '{container.Container}' at http://127.0.0.1:", failure.Message);
        Assert.EndsWith("there is no such container. Create it, or correct its name.", failure.Message);
    }

    [Fact]
    public async Task List_WrongKey_SaysSo()
    {
        var container = await azurite.Container();
        var account = new AzureAccount(azurite.ConnectionString(Convert.ToBase64String(new byte[64])));
        var catalog = new SourceCatalog(new DirectoryObjectStore(folder.Path), new SourceSettings([], ["*"]), account);

        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
            await IngestListing.List(new SourceSpec(SourceKind.Container, $"azure:{container.Container}"), catalog).ToArrayAsync());

        Assert.Contains("access is refused (AuthorizationFailure): the key is wrong, or", failure.Message);
    }

    async Task<SourceItem[]> List(string allowed, SourceSpec spec)
    {
        var catalog = new SourceCatalog(new DirectoryObjectStore(folder.Path), new SourceSettings([], [allowed]), azurite.Open());
        return await IngestListing.List(spec, catalog).ToArrayAsync();
    }
}
