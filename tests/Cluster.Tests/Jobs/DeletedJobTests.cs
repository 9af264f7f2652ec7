using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>A part that nobody can call back any more, because the silo that had sent it is gone, while its job is deleted.</summary>
public sealed class DeletedJobTests
{
    [Theory]
    [InlineData("jobs/job/parts/")]
    [InlineData("jobs/job/rows/")]
    public async Task Part_JobDeletedWhileItWrites_TakesItsFilesBack(string written)
    {
        using var scenario = await JobScenario.Make(JobKind.Rank);
        var store = new FaultyObjectStore(scenario.NewStore("late"));
        using var process = scenario.Start(store, "a");
        var write = store.StopAt(call => call is { Operation: StoreOperation.Write, IsDone: false } && call.Path.StartsWith(written, StringComparison.Ordinal));
        var running = process.Run(scenario.Plan);
        await write.Reached;

        await JobFiles.Delete(store, "job", new JobIndexEntry(JobKind.Rank, JobScenario.Corpus, null), default);
        write.Release();

        // The runner ends somehow: it finds its job gone, or was just done.
        await Record.ExceptionAsync(() => running);

        // Other parts that were under way may still be taking theirs back.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await store.List("jobs").AnyAsync(limit.Token))
            await Task.Delay(20, limit.Token);
    }
}
