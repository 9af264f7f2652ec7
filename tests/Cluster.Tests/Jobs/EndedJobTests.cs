using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>What is left to do for a job that has ended.</summary>
public sealed class EndedJobTests
{
    [Fact]
    public async Task Describe_EndedJob_WithoutItsGrain()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Submit("j", 12);
        var done = await corpus.Done("j");
        await Until(async () => await corpus.Cluster.Store.Head(JobPaths.OpenOf("j")) is null);

        // Whatever it asked of a grain would fail.
        var read = (await new JobRegistry(corpus.Cluster.Store, null!, 8).Describe("j", default)).Job!;

        Assert.Equal((JobStatus.Done, done.Items, done.Blocks, done.BlocksReadable, 1), (read.Status, read.Items, read.Blocks, read.BlocksReadable, read.Fraction));
        Assert.Equal((done.Ended, done.Submitted, "c", 0), (read.Ended, read.Submitted, read.Corpus, read.ItemsFailed));
        Assert.True(read.Times.Itm > 0);
    }

    [Fact]
    public async Task Describe_FileOfAnEndedJobIsDamaged_TheGrainSaysIt()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Submit("j", 4);
        await corpus.Done("j");
        await Until(async () => await corpus.Cluster.Store.Head(JobPaths.OpenOf("j")) is null);
        await corpus.Cluster.Store.Write(JobPaths.EndedOf("j"), "{"u8.ToArray(), WriteCondition.None);

        Assert.Equal(JobStatus.Done, (await corpus.Cluster.Get<JobRegistry>("Silo_2").Describe("j", default)).Job!.Status);
    }

    [Fact]
    public async Task Describe_DeletionBrokeOffAfterThePlan_NotFound()
    {
        await using var corpus = await RankedCorpus.Start(store => new FaultyObjectStore(store));
        var store = (FaultyObjectStore)corpus.Cluster.Store;
        await corpus.Submit("j", 4);
        await corpus.Done("j");
        await Until(async () => await store.Head(JobPaths.OpenOf("j")) is null);
        store.OnCall = call => call is { Operation: StoreOperation.Delete, IsDone: false } && call.Path == JobPaths.EndedOf("j")
            ? throw new StoreException("The store failed.")
            : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreException>(() => corpus.Job("j").Delete());

        Assert.NotNull(await store.Head(JobPaths.EndedOf("j")));
        Assert.Equal(JobCallStatus.NotFound, (await corpus.Cluster.Get<JobRegistry>("Silo_2").Describe("j", default)).Status);
    }

    [Fact]
    public async Task End_FileOfAnEarlierEndIsLeft_IsReplaced()
    {
        await using var corpus = await RankedCorpus.Start();
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        await corpus.Submit("j", 4);
        await corpus.Held();
        var older = (await corpus.Job("j").Describe()).Job! with { Status = JobStatus.Failed };
        await corpus.Cluster.Store.Write(JobPaths.EndedOf("j"), JobJson.ToBytes(older), WriteCondition.None);
        corpus.Model.OpenAll();

        await corpus.Done("j");

        await Until(async () => await corpus.Cluster.Store.Head(JobPaths.OpenOf("j")) is null);
        Assert.Equal(JobStatus.Done, (await new JobRegistry(corpus.Cluster.Store, null!, 8).Describe("j", default)).Job!.Status);
    }

    [Fact]
    public async Task Resume_RunningJobWithTheFileOfAnEarlierEnd_IsOpenAndTheFileGone()
    {
        await using var corpus = await RankedCorpus.Start();
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        await corpus.Submit("j", 4);
        await corpus.Held();
        var store = corpus.Cluster.Store;
        await store.Write(JobPaths.EndedOf("j"), JobJson.ToBytes((await corpus.Job("j").Describe()).Job!), WriteCondition.None);
        await store.Delete(JobPaths.OpenOf("j"));

        Assert.Equal(JobStatus.Running, (await corpus.Job("j").Resume()).Job!.Status);

        Assert.NotNull(await store.Head(JobPaths.OpenOf("j")));
        Assert.Null(await store.Head(JobPaths.EndedOf("j")));
        corpus.Model.OpenAll();
        await corpus.Done("j");
    }

    [Fact]
    public async Task Cancel_PausedJobThatNobodyHasLookedAtSince_CountsWhatItHas()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Submit("j", 60);
        await corpus.Until("j", job => job.BlocksReadable > 0);
        var paused = (await corpus.Job("j").Pause()).Job!;
        var management = corpus.Cluster.Get<IGrainFactory>("Silo_2").GetGrain<IManagementGrain>(0);
        await management.ForceActivationCollection(TimeSpan.Zero);

        var cancelled = (await corpus.Job("j").Cancel()).Job!;

        Assert.Equal((paused.Items, paused.Blocks, paused.BlocksReadable), (cancelled.Items, cancelled.Blocks, cancelled.BlocksReadable));
        var read = (await new JobRegistry(corpus.Cluster.Store, null!, 8).Describe("j", default)).Job!;
        Assert.Equal((JobStatus.Cancelled, paused.Items, paused.BlocksReadable), (read.Status, read.Items, read.BlocksReadable));
    }

    [Fact]
    public async Task Describe_NoSuchJob_NotFound()
    {
        await using var corpus = await RankedCorpus.Start();

        Assert.Equal(JobCallStatus.NotFound, (await corpus.Cluster.Get<JobRegistry>("Silo_2").Describe("none", default)).Status);
    }

    [Fact]
    public async Task Rank_CorpusDroppedMeanwhile_GoesOnAndThenNothingOfItIsLeft()
    {
        await using var corpus = await RankedCorpus.Start();
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        await corpus.Submit("j", 12);
        await corpus.Held();
        Assert.Equal(CorpusStatus.Ok, (await corpus.Cluster.Cluster.Client.GetGrain<ICorpusGrain>(RankedCorpus.Name).Drop()).Status);
        var kept = await Files(corpus);
        corpus.Model.OpenAll();

        await corpus.Done("j");

        Assert.Equal(RankedCorpus.Expected("j", 12), await corpus.Rows("j"));
        Assert.Contains(kept, path => path.EndsWith(".arrow", StringComparison.Ordinal));
        Assert.Contains(JobPaths.PinOf(RankedCorpus.Name, "j"), kept);
        await Until(async () => (await Files(corpus)).Length == 0);
    }

    static async Task<string[]> Files(RankedCorpus corpus) =>
    [
        .. await corpus.Cluster.Store.List("corpora").Select(file => file.Path).ToArrayAsync(),
        .. await corpus.Cluster.Store.List("pins").Select(file => file.Path).ToArrayAsync(),
    ];

    static async Task Until(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
            await Task.Delay(20, limit.Token);
    }
}
