using System.Text;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>
/// Jobs on real processes that are killed (kill -9) in the middle of them. Each ends by itself, and each file of its results is byte for byte
/// that of the undisturbed run.
/// </summary>
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

    static string[] Lines(Dictionary<string, byte[]> outcome) =>
        Encoding.UTF8.GetString(outcome["jsonl"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
