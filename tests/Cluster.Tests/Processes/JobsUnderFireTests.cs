using System.Text;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>
/// Jobs on real processes that are killed (kill -9) in the middle of them. Each ends by itself, and each file of its results is byte for byte
/// that of the undisturbed run.
/// </summary>
[Collection(SoakTests.Collection)]
public sealed class JobsUnderFireTests(UndisturbedJobs calm) : IClassFixture<UndisturbedJobs>
{
    [Fact]
    public async Task Undisturbed_IngestAndRank_EveryItemAndEveryRow()
    {
        await calm.With("a", "b");

        Assert.Equal(UndisturbedJobs.Pictures, calm.Items.Length);
        Assert.Equal(UndisturbedJobs.Pictures, Lines(calm.Ingested).Distinct().Count(line => line.Contains("\"added\"", StringComparison.Ordinal)));
        Assert.Equal(240 * 20, Lines(calm.Ranked).Distinct().Count());
    }

    [Fact]
    public async Task Rank_DeviceSiloKilled_SameBytes()
    {
        var cluster = await calm.With("a", "b");
        var job = await cluster.Rank(UndisturbedJobs.Corpus);
        await cluster.Midway(job);

        cluster.KillSilo("b");

        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(job, JobCluster.Formats));
    }

    [Fact]
    public async Task Rank_GatewayKilledAndStartedAgain_GoesOnWithoutItAndSameBytes()
    {
        var cluster = await calm.With("a", "b");
        var job = await cluster.Rank(UndisturbedJobs.Corpus);
        await cluster.Midway(job);

        cluster.KillGateway();
        await cluster.RowsWithoutGateway(job);
        cluster.StartGateway();

        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(job, JobCluster.Formats));
    }

    [Fact]
    public async Task Rank_RedisRestarted_SameBytes()
    {
        var cluster = await calm.With("a", "b");
        var job = await cluster.Rank(UndisturbedJobs.Corpus);
        await cluster.Midway(job);

        await cluster.RestartRedis();

        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(job, JobCluster.Formats));
    }

    [Fact]
    public async Task Rank_EverythingInARow_SameBytes()
    {
        var cluster = await calm.With("a", "b");
        var job = await cluster.Rank(UndisturbedJobs.Corpus);
        await cluster.Midway(job);

        cluster.KillSilo("a");
        await cluster.RestartRedis();
        cluster.KillGateway();
        cluster.StartGateway();
        cluster.StartSilo("a");
        cluster.KillSilo("b");

        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(job, JobCluster.Formats));
    }

    [Fact]
    public async Task Rank_AllProcessesKilled_GoesOnWhenTheyAreThereAgainAndSameBytes()
    {
        var cluster = await calm.With("a", "b");
        var job = await cluster.Rank(UndisturbedJobs.Corpus);
        await cluster.Midway(job);

        cluster.KillGateway();
        cluster.KillSilo("a");
        cluster.KillSilo("b");
        await cluster.Become("a", "b");

        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(job, JobCluster.Formats));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a", "b", "c")]
    public async Task Rank_OneSiloOrThree_SameBytes(params string[] silos)
    {
        var cluster = await calm.With(silos);

        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(await cluster.Rank(UndisturbedJobs.Corpus), JobCluster.Formats));
    }

    [Fact]
    public async Task Ingest_DeviceSiloKilled_SameCorpusAndSameRankingAndNothingLeftToDo()
    {
        await calm.With("a", "b");
        using var cluster = await JobCluster.Start(calm.Source.Path, "a", "b");
        var job = await cluster.Ingest(UndisturbedJobs.Corpus, calm.Source);
        await cluster.Midway(job);

        cluster.KillSilo("a");

        JobCluster.AssertSame(calm.Ingested, await cluster.Outcome(job, "jsonl"));
        Assert.Equal(calm.Items, await cluster.Items(UndisturbedJobs.Corpus));
        var again = await cluster.Ingest(UndisturbedJobs.Corpus, calm.Source);
        Assert.All(Lines(await cluster.Outcome(again, "jsonl")), line => Assert.Contains("\"unchanged\"", line, StringComparison.Ordinal));
        var features = (await cluster.Client.Job(again)).Features;
        Assert.Equal((0, 0, 0), (features.ImagesFromMemory, features.ImagesFromStore, features.ImagesEncoded));
        JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(await cluster.Rank(UndisturbedJobs.Corpus), JobCluster.Formats));
    }

    [SoakFact]
    public async Task Rank_SilosKilledAtRandomForMinutes_EveryRunTheSameBytes()
    {
        var random = new Random(20);
        string[] names = ["a", "b", "c"];
        var (clock, runs, kills) = (System.Diagnostics.Stopwatch.StartNew(), 0, 0);
        while (clock.Elapsed < TimeSpan.FromMinutes(6))
        {
            var cluster = await calm.With(names);
            var jobs = new[] { await cluster.Rank(UndisturbedJobs.Corpus), await cluster.Rank(UndisturbedJobs.Corpus) };
            foreach (var share in (double[])[0.1, 0.4, 0.7])
            {
                if ((await cluster.Until(jobs[random.Next(2)], job => job.HasEnded || job.Fraction >= share)).HasEnded)
                    continue;
                var name = names[random.Next(names.Length)];
                cluster.KillSilo(name);
                kills++;
                if (random.Next(2) == 0)
                    await cluster.RestartRedis();
                cluster.StartSilo(name);
            }

            foreach (var job in jobs)
                JobCluster.AssertSame(calm.Ranked, await cluster.Outcome(job, JobCluster.Formats));
            runs += jobs.Length;
        }

        TestContext.Current.SendDiagnosticMessage($"{runs} jobs, {kills} silos killed.");
        Assert.True(kills > runs / 2, $"Only {kills} silos were killed in {runs} jobs.");
    }

    static string[] Lines(Dictionary<string, byte[]> outcome) =>
        Encoding.UTF8.GetString(outcome["jsonl"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
