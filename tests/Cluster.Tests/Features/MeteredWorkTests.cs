using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Features;

/// <summary>What holds a job up, told by its meter, where the right answer is known: only the named step takes any time on the test's clock.</summary>
public sealed class MeteredWorkTests : IDisposable
{
    const int SlowMs = 100;

    readonly FakeTimeProvider time = new();
    readonly TemporaryFolder folder = new();
    readonly FaultyObjectStore store;
    readonly Lane decode = new("decode", 1, 10);
    readonly FakeEngine engine = new("cpu");
    readonly DeviceSession device;
    readonly ImageFeatureSource source;
    readonly WorkMeter meter;

    public MeteredWorkTests()
    {
        meter = new WorkMeter(time);
        store = new FaultyObjectStore(new DirectoryObjectStore(folder.Path));
        device = new DeviceSession("h/s/cpu", () => engine);
        source = new ImageFeatureSource(
            new FeatureCache(1000),
            new FeatureStore(store, "fake", 0),
            new PictureFiles(new SourceCatalog(store, SourceSettings.None, new AzureAccount()), 1000),
            new FakePreprocessor(),
            decode,
            "codec",
            "fake");
    }

    public void Dispose()
    {
        device.Dispose();
        decode.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Get_SlowSource_Download()
    {
        var picture = await Picture();
        Slow();

        Assert.True((await source.Get(picture, false, device, Job, default)).Ok);

        Assert.Equal(new WorkTimes(Download: SlowMs), meter.Take());
    }

    [Fact]
    public async Task Get_SlowSourceWhileTheDeviceScoresForTheSameJob_Itm()
    {
        var picture = await Picture();
        Slow();
        engine.Close();
        var (seen, said) = (FakeModel.ImageEmbedding([9]), FakeModel.Unit([9], 2));
        var scores = device.ScorePairs([new PairGroup(new ImageFeatures(seen, seen), [new TextFeatures(said, said, 1)])], Job, default);
        await engine.Waiting.Task;

        var image = source.Get(picture, false, device, Job, default);
        await Until(() => device.QueueLength(background: true) == 1);
        engine.Open();
        Assert.True((await scores).Ok && (await image).Ok);

        // The download took as long, and a faster one would have helped nobody.
        var times = meter.Take();
        Assert.Equal((new WorkTimes(Itm: SlowMs), "itm"), (times, times.Bottleneck));
    }

    [Fact]
    public async Task Get_DeviceIsBusyWithOthers_Queue()
    {
        var picture = await Picture();
        engine.Close();
        var others = device.EncodeImages([[9f]], Deadline.In(60_000), default);
        await engine.Waiting.Task;

        var image = source.Get(picture, false, device, Job, default);
        await Until(() => device.QueueLength(background: true) == 1);
        time.Advance(TimeSpan.FromMilliseconds(SlowMs));
        engine.Open();
        Assert.True((await others).Ok && (await image).Ok);

        Assert.Equal(new WorkTimes(Queue: SlowMs), meter.Take());
    }

    [Fact]
    public async Task Get_DecoderIsBusyAndTheDeviceIdle_Decode()
    {
        var picture = await Picture();
        using var held = new ManualResetEventSlim();
        var others = decode.Run(
            () =>
            {
                held.Wait();
                return 1;
            },
            0,
            Deadline.In(60_000),
            default);

        var image = source.Get(picture, false, device, Job, default);
        await Until(() => decode.Length(background: true) == 1);
        time.Advance(TimeSpan.FromMilliseconds(SlowMs));
        held.Set();
        Assert.True((await others).Ok && (await image).Ok);

        Assert.Equal(new WorkTimes(Decode: SlowMs), meter.Take());
    }

    Deadline Job => Deadline.InBackground(60_000).Metered(meter);

    /// <summary>Reading the picture takes its time.</summary>
    void Slow()
    {
        var read = 0;
        store.OnCall = call =>
        {
            if (call.Path == "p" && Interlocked.Exchange(ref read, 1) == 0)
                time.Advance(TimeSpan.FromMilliseconds(SlowMs));
            return Task.CompletedTask;
        };
    }

    async Task<PictureReference> Picture()
    {
        byte[] content = [1, 2, 3];
        await store.Write("p", content, WriteCondition.None);
        return new PictureReference("p", Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    static async Task Until(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
            await Task.Delay(1, limit.Token);
    }
}
