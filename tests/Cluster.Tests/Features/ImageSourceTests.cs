using System.Security.Cryptography;
using System.Text;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Sources;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Features;

/// <summary>Where pictures are read from, and whose error it is when they cannot be.</summary>
public sealed class ImageSourceTests : IDisposable
{
    const int MaxPictureBytes = 100;

    readonly SourceFolder folder = new();
    readonly FakeEngine engine = new("cpu");
    readonly DeviceSession device;
    readonly Lane lane = new("decode", 1, 10);

    public ImageSourceTests() => device = new DeviceSession("h/s/cpu", () => engine);

    public void Dispose()
    {
        device.Dispose();
        lane.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Get_FromAFolderAndATar_TheirPictures()
    {
        folder.Write("a.png", "picture a");
        var tar = TarFile.Ustar(("b.png", "picture b"));
        folder.Write("t.tar", tar);

        Assert.NotNull((await Get(Reference("a.png", "picture a"))).Features);
        Assert.NotNull((await Get(Reference("t.tar", "picture b") with { Offset = 512, Length = 9 })).Features);
    }

    [Fact]
    public async Task Get_GoneChangedOrGrown_TheItemsError()
    {
        folder.Write("a.png", "other");
        folder.Write("large.png", new string('x', MaxPictureBytes + 1));

        Assert.Equal(
            new ItemError("missing", $"There is no 'none.png' in '{folder.Address}' any more."), (await Get(Reference("none.png", "x"))).Error);
        Assert.Equal("changed", (await Get(Reference("a.png", "picture a"))).Error!.Code);
        Assert.Equal(new ItemError("too_large", "The file has more than 100 bytes."), (await Get(Reference("large.png", "picture a"))).Error);
        Assert.Equal(0, engine.Images);
    }

    [Fact]
    public async Task Get_SourceRefused_FailsTheCall()
    {
        var refusal = await Assert.ThrowsAsync<SourceException>(() => Get(Reference("a.png", "x") with { Source = "folder:/" }));

        Assert.Contains("Mplug:Sources:Roots", refusal.Message);
    }

    [Fact]
    public async Task Get_SourceFails_FailsTheCallAndIsNotRemembered()
    {
        await folder.Store.Write("blobs/x", "picture"u8.ToArray(), WriteCondition.None);
        var faulty = new FaultyObjectStore(folder.Store) { OnCall = _ => throw new StoreException("the cable is out") };
        var images = Images(new SourceCatalog(faulty, SourceSettings.None, new AzureAccount()));
        var reference = Reference("blobs/x", "picture") with { Source = "" };

        Assert.Equal("the cable is out", (await Assert.ThrowsAsync<StoreException>(() => Get(reference, images))).Message);
        faulty.OnCall = _ => Task.CompletedTask;

        Assert.NotNull((await Get(reference, images)).Features);
    }

    [Fact]
    public async Task Get_FolderIsGone_FailsTheCall()
    {
        folder.Write("in/a.png", "x");
        Directory.Delete(Path.Combine(folder.Root, "in"), recursive: true);

        var failure = await Assert.ThrowsAsync<StoreException>(() => Get(Reference("a.png", "x") with { Source = $"{folder.Address}/in" }));

        Assert.StartsWith("There is no folder ", failure.Message);
    }

    PictureReference Reference(string path, string content) =>
        new(path, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), Source: folder.Address);

    ImageFeatureSource Images(SourceCatalog catalog) => new(
        new FeatureCache(1 << 20), new FeatureStore(folder.Store, "f", 0), new PictureFiles(catalog, MaxPictureBytes), new FakePreprocessor(), lane, "codec", "f");

    async Task<ImageLookup> Get(PictureReference picture, ImageFeatureSource? images = null)
    {
        var found = await (images ?? Images(folder.Catalog)).Get(picture, false, device, Deadline.In(60_000), default);
        Assert.True(found.Ok, found.Message);
        return found.Value;
    }
}
