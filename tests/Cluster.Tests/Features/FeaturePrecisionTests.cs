using System.Security.Cryptography;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Features;

/// <summary>A package with fp16 features: the numbers do not tell where features came from, and take half the bytes.</summary>
public sealed class FeaturePrecisionTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;
    readonly Lane lane = new("decode", 1, 10);

    public FeaturePrecisionTests() => store = new DirectoryObjectStore(folder.File("store"));

    public void Dispose()
    {
        lane.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Get_Fp16_FreshFromMemoryAndFromTheStore_SameBits()
    {
        var served = Serve(FeaturePrecision.Fp16);
        var picture = await Upload();
        using var device = new DeviceSession("h/s/cpu", () => served.StartEngine("cpu"));
        var images = Images(served);

        var fresh = await Get(images, picture, device);
        var held = await Get(images, picture, device);
        var stored = await Get(Images(served), picture, device);
        using var other = new DeviceSession("h/s/cpu", () => served.StartEngine("cpu"));
        var again = await Get(Images(served, storeBytes: 0), picture, other);

        Assert.Equal((0, 0, 1), Tier(fresh));
        Assert.Equal((1, 0, 0), Tier(held));
        Assert.Equal((0, 1, 0), Tier(stored));
        Assert.Equal((0, 0, 1), Tier(again));
        var texts = (await device.EncodeTexts([served.Model.Tokenize("a red cross", served.Model.Convention)], Deadline.In(60_000), default)).Value!;
        var expected = await Score(fresh);
        foreach (var lookup in new[] { held, stored, again })
        {
            Assert.Equal(FeaturePrecision.Fp16, lookup.Features!.Tokens.Precision);
            Assert.Equal(fresh.Features!.Tokens.Bytes, lookup.Features.Tokens.Bytes);
            Assert.Equal(fresh.Features.Embedding, lookup.Features.Embedding);
            Assert.Equal(expected, await Score(lookup));
        }

        async Task<ItmLogits> Score(ImageLookup lookup) =>
            (await device.ScorePairs([new PairGroup(lookup.Features!, texts)], Deadline.In(60_000), default)).Value![0][0];
    }

    [Fact]
    public async Task Get_Fp16_HalfTheBytesOfFp32Everywhere()
    {
        var picture = await Upload();
        var bytes = new List<(long Cache, long File, long Plan)>();
        foreach (var precision in new[] { FeaturePrecision.Fp32, FeaturePrecision.Fp16 })
        {
            var served = Serve(precision);
            using var device = new DeviceSession("h/s/cpu", () => served.StartEngine("cpu"));
            var cache = new FeatureCache(1 << 30);
            await Get(Images(served, cache: cache), picture, device);
            var file = Directory.GetFiles(folder.File($"store/features/{served.Model.Fingerprint}"), "*", SearchOption.AllDirectories).Single();
            bytes.Add((cache.Bytes, new FileInfo(file).Length, served.Model.TokenBytes));
        }

        const int Tokens = 37 * 96, Embedding = 64 * sizeof(float), Header = 20;
        Assert.Equal((Embedding + 4 * Tokens, Header + Embedding + 4 * Tokens, 4 * Tokens), bytes[0]);
        Assert.Equal((Embedding + 2 * Tokens, Header + Embedding + 2 * Tokens, 2 * Tokens), bytes[1]);
    }

    ServedModel Serve(FeaturePrecision precision)
    {
        var package = folder.File(precision.Name());
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), package, featurePrecision: precision);
        return ServedModel.Open(new MplugOptions { Model = package, Device = new DeviceOptions { IntraOpThreads = 1 } });
    }

    async Task<PictureReference> Upload()
    {
        var content = await File.ReadAllBytesAsync(Path.Combine(Repository.Pictures, "scene0000.png"));
        await store.Write("blobs/a", content, WriteCondition.None);
        return new PictureReference("blobs/a", Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    ImageFeatureSource Images(ServedModel served, FeatureCache? cache = null, long storeBytes = 1 << 30) => new(
        cache ?? new FeatureCache(1 << 30),
        new FeatureStore(store, served.Model.Fingerprint, storeBytes),
        new PictureFiles(new SourceCatalog(store, SourceSettings.None, new AzureAccount()), 1 << 24),
        served.Preprocessor,
        lane,
        "codec",
        served.Model.Fingerprint);

    static async Task<ImageLookup> Get(ImageFeatureSource images, PictureReference picture, DeviceSession device)
    {
        var found = await images.Get(picture, true, device, Deadline.In(60_000), default);
        Assert.True(found.Ok, found.Message);
        return found.Value;
    }

    static (int, int, int) Tier(ImageLookup lookup) => (lookup.Tiers.Memory, lookup.Tiers.Store, lookup.Tiers.Encoded);
}
