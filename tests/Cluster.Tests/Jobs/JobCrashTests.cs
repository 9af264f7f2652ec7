using System.Collections.Concurrent;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>
/// The world stops at a commit border: before or after a write or a delete of anything, be it a part, the state, a block's rows, a segment or the
/// corpus's manifest. A second process then finishes the job; and then the first one comes back from the dead and goes on. Whatever the border,
/// the results must be those of a run that nobody disturbed, to the last byte, and the corpus must hold every item once.
/// </summary>
public sealed class JobCrashTests
{
    /// <summary>Trials under way at a time: most of their time is the disk's.</summary>
    const int AtATime = 4;

    [Theory]
    [InlineData(JobKind.Rank)]
    [InlineData(JobKind.Score)]
    [InlineData(JobKind.Ingest)]
    [InlineData(JobKind.Evaluate)]
    public async Task Job_StoppedAtAnyBorder_SameBytesAsUndisturbed(JobKind kind)
    {
        using var scenario = await JobScenario.Make(kind);
        var (expected, borders) = await RunUndisturbed(scenario);
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, borders), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (border, _) =>
        {
            if (await Try(scenario, border, after: border % 2 == 1, expected) is { } failure)
                failures.Enqueue(failure);
        });

        Assert.True(borders > 20, $"only {borders} borders were seen");
        Assert.True(failures.IsEmpty, string.Join('\n', failures.Take(5)));
    }

    [Theory]
    [InlineData(JobKind.Rank)]
    [InlineData(JobKind.Ingest)]
    public async Task Job_AnyWriteComesLate_SameBytesAsUndisturbed(JobKind kind)
    {
        using var scenario = await JobScenario.Make(kind);
        var (expected, borders) = await RunUndisturbed(scenario);
        for (var border = 0; border < borders; border += 2)
        {
            var inner = scenario.NewStore($"late-{border}");
            var faulty = new FaultyObjectStore(inner);
            var count = 0;
            var zombie = faulty.HoldBack(call => call.Operation == StoreOperation.Write && Interlocked.Increment(ref count) == border / 2 + 1);
            using var process = scenario.Start(faulty);
            await process.Run(scenario.Plan);
            if (zombie.Caught.IsCompleted)
                await zombie.Arrive();

            Assert.Equal(expected, await scenario.Outcome(inner));
        }
    }

    [Theory]
    [InlineData(JobKind.Rank)]
    [InlineData(JobKind.Score)]
    [InlineData(JobKind.Ingest)]
    [InlineData(JobKind.Evaluate)]
    public async Task Job_OneDeviceOrThree_SameBytes(JobKind kind)
    {
        using var scenario = await JobScenario.Make(kind);
        var outcomes = new List<string>();
        foreach (var silos in new[] { new[] { "a" }, ["a", "b", "c"], ["x", "y"] })
        {
            var store = scenario.NewStore(string.Concat(silos));
            using var process = scenario.Start(store, silos);
            Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));
            outcomes.Add(await scenario.Outcome(store));
        }

        Assert.Single(outcomes.Distinct());
    }

    /// <summary>What must come out, and how many borders there are on the way.</summary>
    static async Task<(string Outcome, int Borders)> RunUndisturbed(JobScenario scenario)
    {
        var inner = scenario.NewStore("undisturbed");
        var faulty = new FaultyObjectStore(inner);
        using var process = scenario.Start(faulty);
        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));
        return (await scenario.Outcome(inner), faulty.Calls.Count(IsBorder));
    }

    static bool IsBorder(StoreCall call) => call.Operation is StoreOperation.Write or StoreOperation.Delete;

    static async Task<string?> Try(JobScenario scenario, int border, bool after, string expected)
    {
        var inner = scenario.NewStore($"trial-{border}");
        var faulty = new FaultyObjectStore(inner);
        var world = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource<StoreCall>(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        faulty.OnCall = call =>
        {
            if (IsBorder(call) && call.IsDone == after && Interlocked.Increment(ref count) == border / 2 + 1)
                stopped.TrySetResult(call);
            return stopped.Task.IsCompleted ? world.Task : Task.CompletedTask;
        };
        using var first = scenario.Start(faulty);
        var running = first.Run(scenario.Plan);
        await Task.WhenAny(running, stopped.Task);

        using (var second = scenario.Start(inner))
        {
            Assert.Equal(JobStatus.Done, await second.Run(scenario.Plan));
            if (await scenario.Outcome(inner) is var finished && finished != expected)
                return $"{await At()}: finished differently\n{finished}\ninstead of\n{expected}";
        }

        world.TrySetResult();
        Assert.Equal(JobStatus.Done, await running);
        return await scenario.Outcome(inner) is var late && late != expected ? $"{await At()}: changed by the zombie\n{late}\ninstead of\n{expected}" : null;

        async Task<string> At() => stopped.Task.IsCompleted ? $"{(after ? "after" : "before")} {await stopped.Task}" : $"border {border} was not reached";
    }
}
