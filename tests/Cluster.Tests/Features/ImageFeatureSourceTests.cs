using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Features;

public sealed class ImageFeatureSourceTests
{
    [Fact]
    public async Task Get_JobLoadsTheSamePicture_TheCallerPassesIt()
    {
        using var folder = new TemporaryFolder();
        var store = new DirectoryObjectStore(folder.Path);
        byte[] content = [1, 2, 3];
        var picture = new PictureReference("p", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
        await store.Write("p", content, WriteCondition.None);
        using var decode = new Lane("decode", 1, 10);
        var source = new ImageFeatureSource(
            new FeatureCache(1000),
            new FeatureStore(store, "fake", 0),
            new PictureFiles(new SourceCatalog(store, SourceSettings.None, new AzureAccount()), 1000),
            new FakePreprocessor(),
            decode,
            "codec",
            "fake");
        var engine = new FakeEngine("cpu");
        using var device = new DeviceSession("h/s/cpu", () => engine);
        engine.Close();
        var held = device.EncodeImages([[9f]], Deadline.In(60_000), default);
        await engine.Waiting.Task;

        var job = source.Get(picture, false, device, Deadline.InBackground(60_000), default);
        await Until(() => device.QueueLength(background: true) == 1);
        var caller = source.Get(picture, false, device, Deadline.In(60_000), default);
        await Until(() => device.QueueLength(background: false) == 1);

        engine.Open();
        await held;
        Assert.Equal(FakeModel.ImageEmbedding(content), (await caller).Value!.Features!.Embedding);
        Assert.True((await job).Ok);
    }

    static async Task Until(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
