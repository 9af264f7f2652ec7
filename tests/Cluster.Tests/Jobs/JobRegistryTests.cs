using Microsoft.Extensions.Time.Testing;
using MplugCluster.Cluster.Tests.Corpora;
using MplugCluster.Cluster.Tests.Jobs.Http;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Segments;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

public sealed class JobRegistryTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly FaultyObjectStore store;
    readonly JobRegistry registry;

    public JobRegistryTests()
    {
        store = new FaultyObjectStore(new DirectoryObjectStore(folder.Path));
        registry = new JobRegistry(store, new FakeJobs().Factory, 8);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task IdFor_KeyOfADeletedJob_IsANewJobs()
    {
        var key = JobRegistry.HashOf("tuesday")!;
        var first = await registry.IdFor(key, DateTimeOffset.UnixEpoch, default);
        Assert.Equal(first, await registry.IdFor(key, DateTimeOffset.UnixEpoch.AddDays(1), default));

        await JobFiles.Delete(store, first, new JobIndexEntry(JobKind.Rank, null, key), default);

        Assert.NotEqual(first, await registry.IdFor(key, DateTimeOffset.UnixEpoch, default));
    }

    [Fact]
    public async Task Delete_KeyHasAnotherJobMeanwhile_KeepsIt()
    {
        var key = JobRegistry.HashOf("tuesday")!;
        var first = await registry.IdFor(key, DateTimeOffset.UnixEpoch, default);
        await JobFiles.Delete(store, first, new JobIndexEntry(JobKind.Rank, null, key), default);
        var second = await registry.IdFor(key, DateTimeOffset.UnixEpoch, default);

        // A deletion that broke off is finished by the periodic scan.
        await JobFiles.Delete(store, first, new JobIndexEntry(JobKind.Rank, null, key), default);

        Assert.Equal(second, await registry.IdFor(key, DateTimeOffset.UnixEpoch, default));
    }

    [Fact]
    public async Task Submit_SegmentsCollectedBeforeTheyArePinned_SaysSoAndTheNextTryPinsTheNewVersion()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var ledger = (await CorpusLedger.Create(new SegmentCache(store, folder.Path), "c", "f", "ms25", 8, clock, default))!;
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        var write = store.StopAt(call => call is { Operation: StoreOperation.Write, IsDone: false } && call.Path == JobPaths.PinOf("c", "j"));
        var submitting = Submit("j");
        await write.Reached;

        await ledger.Change(Rows.Of(2, Rows.Picture("a", "new")), [], default);
        while (await ledger.Compact(default))
        {
        }

        clock.Advance(TimeSpan.FromHours(2));
        Assert.NotEmpty(await ledger.Collect(TimeSpan.FromHours(1), default));
        write.Release();

        var failure = await Assert.ThrowsAsync<StoreException>(() => submitting);
        Assert.Equal("Corpus 'c' has changed too much since the job was about to be pinned to it. Submit it again.", failure.Message);
        await Submit("j");
        Assert.Equal(ledger.Manifest.Version, (await registry.Plan("j", default))!.CorpusVersion);
    }

    [Fact]
    public async Task Submit_CollectionAfterItIsPinned_SegmentsStay()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var ledger = (await CorpusLedger.Create(new SegmentCache(store, folder.Path), "c", "f", "ms25", 8, clock, default))!;
        await ledger.Change(Rows.Of(1, Rows.Picture("a")), [], default);
        var pinned = ledger.Manifest.Segments.Single().File;
        var plan = store.StopAt(call => call is { Operation: StoreOperation.Write, IsDone: false } && call.Path == JobPaths.PlanOf("j"));
        var submitting = Submit("j");
        await plan.Reached;

        await ledger.Change(Rows.Of(2, Rows.Picture("a", "new")), [], default);
        while (await ledger.Compact(default))
        {
        }

        clock.Advance(TimeSpan.FromHours(2));
        await ledger.Collect(TimeSpan.FromHours(1), default);
        plan.Release();

        await submitting;
        Assert.NotNull(await store.Head(pinned));
    }

    Task Submit(string id) => registry.Submit(
        new JobPlan
        {
            Id = id,
            Kind = JobKind.Rank,
            Submitted = DateTimeOffset.UnixEpoch,
            Fingerprint = "f",
            Convention = "ms25",
            Corpus = "c",
            ItemsPerBlock = 4,
            PairsPerPart = 8,
            PicturesPerPart = 4,
            Rank = new RankPlan(1, 1, "picture", "text", null),
        },
        new JobInputItems { Queries = [new JobQuery("q", "text")] },
        default);
}
