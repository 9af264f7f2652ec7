using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Storage;

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
