using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>Jobs as their grain runs them, on silos of one process.</summary>
public sealed class JobGrainTests
{
    [Fact]
    public async Task Submit_TwoJobsAtOnce_EachWhatPlainLoopsSay()
    {
        await using var corpus = await RankedCorpus.Start();

        await corpus.Submit("one", 10);
        await corpus.Submit("two", 13);
        var (one, two) = (await corpus.Done("one"), await corpus.Done("two"));

        Assert.Equal((10, 13, 3, 4), ((int)one.Items, (int)two.Items, one.BlocksReadable, two.BlocksReadable));
        Assert.Equal((1.0, 0, 0), (one.Fraction, (int)one.ItemsFailed, (int)two.ItemsFailed));
        Assert.Equal(RankedCorpus.Expected("one", 10), await corpus.Rows("one"));
        Assert.Equal(RankedCorpus.Expected("two", 13), await corpus.Rows("two"));
    }

    [Fact]
    public async Task Steer_JobThatIsNone_SaysSo()
    {
        await using var corpus = await RankedCorpus.Start();
        var job = corpus.Job("none");

        foreach (var reply in new[] { await job.Describe(), await job.Pause(), await job.Resume(), await job.Cancel(), await job.Delete() })
            Assert.Equal(new JobReply(JobCallStatus.NotFound, null, "There is no job 'none'."), reply);
        Assert.Empty(await corpus.Objects("none"));
    }

    [Fact]
    public async Task Steer_JobThatIsDone_Conflicts()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Submit("done", 4);
        await corpus.Done("done");
        var job = corpus.Job("done");

        Assert.Equal("Job 'done' cannot be paused: it is done.", (await job.Pause()).Message);
        Assert.Equal("Job 'done' cannot be resumed: it is done.", (await job.Resume()).Message);
        var cancelled = await job.Cancel();
        Assert.Equal((JobCallStatus.Conflict, "Job 'done' cannot be cancelled: it is done."), (cancelled.Status, cancelled.Message));
    }

    [Fact]
    public async Task Pause_PartsInFlight_TheyLandAndNothingIsSentUntilResumed()
    {
        await using var corpus = await RankedCorpus.Start();
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        await corpus.Submit("j", 40);
        await corpus.Held();

        var pausing = corpus.Job("j").Pause();
        await corpus.Until("j", job => job.Status == JobStatus.Paused);
        corpus.Model.OpenAll();
        var paused = (await pausing).Job!;
        var pairs = corpus.Model.Engines.Values.Sum(engine => engine.Pairs);
        for (var look = 0; look < 3; look++)
            Assert.Equal(JobStatus.Paused, (await corpus.Job("j").Describe()).Job!.Status);

        Assert.InRange(paused.Fraction, 0, 0.9);
        Assert.Equal(pairs, corpus.Model.Engines.Values.Sum(engine => engine.Pairs));
        Assert.Contains("job-open/j", await corpus.Objects("j"));
        Assert.Equal(JobStatus.Running, (await corpus.Job("j").Resume()).Job!.Status);
        await corpus.Done("j");
        Assert.Equal(RankedCorpus.Expected("j", 40), await corpus.Rows("j"));
        Assert.DoesNotContain("job-open/j", await corpus.Objects("j"));
    }

    [Fact]
    public async Task Pause_AgainAndAgain_EveryRowOnce()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Submit("j", 60);

        for (var round = 0; round < 20 && (await corpus.Job("j").Pause()).Status == JobCallStatus.Ok; round++)
        {
            Assert.Equal(JobStatus.Paused, (await corpus.Job("j").Describe()).Job!.Status);
            await corpus.Job("j").Resume();
        }

        await corpus.Done("j");
        Assert.Equal(RankedCorpus.Expected("j", 60), await corpus.Rows("j"));
    }

    [Fact]
    public async Task Cancel_InTheMiddle_ResultsSoFarStay()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Submit("j", 200);
        await corpus.Until("j", job => job.BlocksReadable > 0);

        var cancelled = (await corpus.Job("j").Cancel()).Job!;

        Assert.Equal(JobStatus.Cancelled, cancelled.Status);
        Assert.NotNull(cancelled.Ended);
        var rows = await corpus.Rows("j");
        Assert.InRange(rows.Count, 20, 999);
        Assert.Equal(RankedCorpus.Expected("j", 200).Take(rows.Count), rows);
        Assert.Equal(JobStatus.Cancelled, (await corpus.Job("j").Cancel()).Job!.Status);
        Assert.Equal("Job 'j' cannot be resumed: it is cancelled.", (await corpus.Job("j").Resume()).Message);
        Assert.DoesNotContain("pins/c/j", await corpus.Objects("j"));
        Assert.DoesNotContain("job-open/j", await corpus.Objects("j"));
    }

    [Fact]
    public async Task Delete_PartsInFlight_NoObjectIsLeft()
    {
        await using var corpus = await RankedCorpus.Start(store => new FaultyObjectStore(store));
        var store = (FaultyObjectStore)corpus.Cluster.Store;
        await corpus.Submit("deleted", 100);
        await corpus.Until("deleted", job => job.BlocksReadable > 0);
        var writing = store.StopAt(call => call is { Operation: StoreOperation.Write, IsDone: false } && call.Path.StartsWith("jobs/deleted/parts/", StringComparison.Ordinal));
        await writing.Reached;

        Assert.Equal(JobCallStatus.Ok, (await corpus.Job("deleted").Delete()).Status);

        // A part that was just being written comes late, and is taken back.
        writing.Release();
        await Poll(async () => (await corpus.Objects("deleted")).Length == 0);
        Assert.Equal(JobCallStatus.NotFound, (await corpus.Job("deleted").Describe()).Status);
        Assert.Empty(await corpus.Objects("deleted"));
        await corpus.Submit("deleted", 4);
        await corpus.Done("deleted");
    }

    [Fact]
    public async Task Submit_SiloOfTheJobGrainKilled_JobFinishesAndNothingIsBlamed()
    {
        await using var corpus = await RankedCorpus.Start();
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        await corpus.Submit("j", 40);
        await corpus.Held();
        var management = corpus.Cluster.Get<IGrainFactory>("Silo_2").GetGrain<IManagementGrain>(0);
        var grain = (await management.GetDetailedGrainStatistics()).First(grain => grain.GrainType.Contains("JobGrain", StringComparison.Ordinal));
        var lost = corpus.Cluster.Cluster.GetSiloForAddress(grain.SiloAddress)!.Name;

        var kill = corpus.Cluster.Cluster.KillSiloAsync(corpus.Cluster.Silo(lost));
        corpus.Model.OpenAll();
        await kill;

        await corpus.Done("j");
        Assert.Equal(RankedCorpus.Expected("j", 40), await corpus.Rows("j"));
        Assert.Equal(0, (await corpus.Job("j").Describe()).Job!.ItemsFailed);
    }

    [Fact]
    public async Task Search_WhileAJobHoldsTheDevice_GoesBeforeItsNextPart()
    {
        await using var corpus = await RankedCorpus.Start(hasDevice: silo => silo == "Silo_0");
        var engine = corpus.Model.Engines["Silo_0"];
        var request = new SearchRequest { Text = "in between", Candidates = 12, Top = 12, BudgetMs = 60_000 };

        // Once before, so that all it needs of the device later are its pairs.
        await corpus.Cluster.SearchFrom("Silo_2").Search(RankedCorpus.Name, request, new StageTimes(), default);
        engine.PairTexts.Clear();
        engine.Close();
        await corpus.Submit("j", 60);
        await corpus.Held();
        var device = corpus.Cluster.Get<DeviceSessions>("Silo_0").All.Single();
        await Poll(() => Task.FromResult(device.QueueLength(background: true) > 0));

        var search = corpus.Cluster.SearchFrom("Silo_2").Search(RankedCorpus.Name, request, new StageTimes(), default);
        await Poll(() => Task.FromResult(device.QueueLength(background: false) > 0));
        corpus.Model.OpenAll();

        Assert.Equal(12, (await search).Reranked);
        await corpus.Done("j");
        Assert.Equal(RankedCorpus.Expected("j", 60), await corpus.Rows("j"));

        // Behind the call that held the device, and one that was just being taken.
        var own = FakeModel.TextEmbedding("in between");
        var calls = engine.PairTexts.ToList();
        Assert.InRange(calls.FindIndex(text => text.SequenceEqual(own)), 0, 2);
        Assert.True(calls.Count > 20, $"{calls.Count} calls are no queue.");
    }

    [Fact]
    public async Task Retention_JobIsOldEnough_IsDeletedAndTheNewerOneStays()
    {
        await using var corpus = await RankedCorpus.Start(periods: new JobScanPeriods(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500)));
        await corpus.Submit("newer", 4, retentionDays: 1);
        await corpus.Done("newer");

        // An age of no days is over as soon as the job is; the API asks for one day at least.
        await corpus.Submit("older", 4, retentionDays: 0);

        await Poll(async () => (await corpus.Job("older").Describe()).Status == JobCallStatus.NotFound);
        await Poll(async () => (await corpus.Objects("older")).Length == 0);
        Assert.Equal(RankedCorpus.Expected("newer", 4), await corpus.Rows("newer"));
    }

    [Theory]
    [InlineData("jobs/")]
    [InlineData("state/")]
    [InlineData("")]
    public async Task Store_FailsForAWhile_TheJobSaysSoAndFinishesAfterwards(string where)
    {
        await using var corpus = await RankedCorpus.Start(store => new FaultyObjectStore(store));
        var store = (FaultyObjectStore)corpus.Cluster.Store;
        await corpus.Submit("j", 60);
        await corpus.Until("j", job => job.BlocksReadable > 0);

        store.OnCall = call => call is { Operation: StoreOperation.Write, IsDone: false } && call.Path.StartsWith(where, StringComparison.Ordinal)
            ? throw new StoreException($"The store failed at '{call.Path}': No space left on device.")
            : Task.CompletedTask;
        var stuck = await corpus.Until("j", job => job.Message is not null && job.Message.Contains("No space left", StringComparison.Ordinal));
        Assert.Equal(JobStatus.Running, stuck.Status);
        store.OnCall = _ => Task.CompletedTask;

        var done = await corpus.Done("j");
        Assert.Null(done.Message);
        Assert.Equal(0, done.ItemsFailed);
        Assert.Equal(RankedCorpus.Expected("j", 60), await corpus.Rows("j"));
    }

    [Fact]
    public async Task Scan_OneJobsPlanIsDamaged_TheOthersGoOn()
    {
        await using var corpus = await RankedCorpus.Start();
        await corpus.Cluster.Store.Write("jobs/aa/plan.json", "{ half a pl"u8.ToArray(), WriteCondition.None);
        await corpus.Cluster.Store.Write("job-open/aa", "\"rank\""u8.ToArray(), WriteCondition.None);
        await corpus.Cluster.Store.Write("job-index/aa", "\"rank\""u8.ToArray(), WriteCondition.None);
        foreach (var engine in corpus.Model.Engines.Values)
            engine.Close();
        await corpus.Submit("j", 12);
        await corpus.Held();
        var management = corpus.Cluster.Get<IGrainFactory>("Silo_2").GetGrain<IManagementGrain>(0);

        // Nobody asks for it; only the scan does.
        await management.ForceActivationCollection(TimeSpan.Zero);
        corpus.Model.OpenAll();

        await Poll(async () => (await corpus.Rows("j")).Count == 60);
        Assert.Equal(RankedCorpus.Expected("j", 12), await corpus.Rows("j"));
    }

    static async Task Poll(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
            await Task.Delay(20, limit.Token);
    }
}
