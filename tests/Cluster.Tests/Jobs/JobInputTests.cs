using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>Inputs that are read from a source: one that breaks off, one that two read at once, one with nothing in it.</summary>
public sealed class JobInputTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly DirectoryObjectStore store;

    public JobInputTests() => store = new DirectoryObjectStore(folder.File("store"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_SourceBreaksOff_LeavesNoBlocks()
    {
        await Assert.ThrowsAsync<SourceException>(() => new JobInputWriter(store, "j", 2).Write(Items(5, breaks: true), _ => 0, mayBeEmpty: true, default));

        Assert.Empty(await Files());
    }

    [Fact]
    public async Task Write_TwoAtOnce_OneInputIsLeft()
    {
        var writer = new JobInputWriter(store, "j", 2);
        var first = await writer.Write(Items(5, breaks: false), _ => 0, mayBeEmpty: true, default);
        var second = await writer.Write(Items(3, breaks: false), _ => 0, mayBeEmpty: true, default);

        Assert.Equal(first, second);
        Assert.Equal(
            [.. Enumerable.Range(0, 3).Select(block => JobPaths.InputOf("j", first, block)), JobPaths.InputSummaryOf("j", null)],
            (await Files()).OrderBy(path => path.EndsWith("summary", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rank_FileWithNothingInIt_FailsWithItsReasonAgainWhenResumed()
    {
        using var scenario = await JobScenario.Make(JobKind.Rank);
        var file = Path.Combine(scenario.Root, "queries.txt");
        File.WriteAllText(file, "\n");
        var plan = scenario.Plan with { InputHash = null, Input = new JobInput(scenario.Source, "queries.txt", "txt", scenario.Source) };
        var trial = scenario.NewStore("trial");
        await trial.Write(JobPaths.PlanOf(plan.Id), JobJson.ToBytes(plan), WriteCondition.None);
        using var process = scenario.Start(trial);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => process.Run(plan));
            Assert.Equal("'queries.txt' has nothing in it to work on.", failure.Message);
        }

        File.WriteAllText(file, "a text\n");
        Assert.Equal(JobStatus.Done, await process.Run(plan));
    }

    static async IAsyncEnumerable<JobQuery> Items(int count, bool breaks)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new JobQuery($"{i}", "text");
        }

        if (breaks)
            throw new SourceException("It broke off.");
    }

    async Task<string[]> Files() => await store.List("jobs").Select(file => file.Path).ToArrayAsync();
}
