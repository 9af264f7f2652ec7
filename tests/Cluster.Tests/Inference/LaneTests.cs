using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class LaneTests
{
    static readonly Deadline Far = Deadline.In(60_000);
    static readonly Deadline Job = Deadline.InBackground(60_000);

    [Fact]
    public async Task Run_Work_HappensOnTheLanesOwnThread()
    {
        using var lane = new Lane("test", 1, 10);

        var done = await lane.Run(() => Thread.CurrentThread.Name, 0, Far, default);

        Assert.Equal("test 0", done.Value);
    }

    [Fact]
    public async Task Run_WorkThrows_TheCallerGetsIt()
    {
        using var lane = new Lane("test", 1, 10);

        await Assert.ThrowsAsync<InvalidOperationException>(() => lane.Run<int>(() => throw new InvalidOperationException("x"), 0, Far, default));
        Assert.Equal(1, (await lane.Run(() => 1, 0, Far, default)).Value);
    }

    [Fact]
    public async Task Run_QueueFull_RefusedWithARetry()
    {
        using var lane = new Lane("test", 1, 2);
        using var gate = new LaneGate(lane);
        Task<CallOutcome<int>>[] waiting = [lane.Run(() => 1, 50, Far, default), lane.Run(() => 2, 50, Far, default)];

        var refused = await lane.Run(() => 3, 50, Far, default);

        Assert.Equal(CallStatus.Overloaded, refused.Status);
        Assert.InRange(refused.RetryAfterMs, 1, 1000);
        gate.Open();
        Assert.Equal([1, 2], (await Task.WhenAll(waiting)).Select(done => done.Value));
    }

    [Fact]
    public async Task Run_CannotBeDoneInTime_RefusedAtTheDoor()
    {
        using var lane = new Lane("test", 1, 100);
        using var gate = new LaneGate(lane);
        var waiting = lane.Run(() => 1, 5000, Far, default);

        var refused = await lane.Run(() => 2, 5000, Deadline.In(8000), default);

        Assert.Equal(CallStatus.Overloaded, refused.Status);
        gate.Open();
        Assert.True((await waiting).Ok);
    }

    [Fact]
    public async Task Run_JobsAndCallers_CallersFirstAndEachKindInItsOrder()
    {
        var order = new List<string>();
        using var lane = new Lane("test", 1, 10);
        using var gate = new LaneGate(lane);
        Task[] all = [Queue("job 1", Job), Queue("job 2", Job), Queue("caller 1", Far), Queue("job 3", Job), Queue("caller 2", Far)];

        gate.Open();
        await Task.WhenAll(all);

        Assert.Equal(["caller 1", "caller 2", "job 1", "job 2", "job 3"], order);

        Task Queue(string name, Deadline deadline) => lane.Run(
            () =>
            {
                order.Add(name);
                return name;
            },
            0,
            deadline,
            default);
    }

    [Fact]
    public async Task Run_JobsWaiting_CallersAreNeitherDelayedNorRefusedByThem()
    {
        using var lane = new Lane("test", 1, 2);
        using var gate = new LaneGate(lane);
        Task<CallOutcome<int>>[] jobs = [lane.Run(() => 1, 5000, Job, default), lane.Run(() => 2, 5000, Job, default)];

        Assert.Equal((2, 0, 0), (lane.QueueLength, lane.Length(background: false), lane.QueueMs));
        var caller = lane.Run(() => 3, 50, Deadline.In(4000), default);

        Assert.Equal(50, lane.QueueMs);
        var refused = await lane.Run(() => 4, 5000, Job, default);
        Assert.Equal((CallStatus.Overloaded, "The test queue has 2 requests waiting, about 10050 ms of work."), (refused.Status, refused.Message));
        gate.Open();
        Assert.Equal(3, (await caller).Value);
        Assert.Equal([1, 2], (await Task.WhenAll(jobs)).Select(done => done.Value));
        Assert.Equal((0, 0), (lane.QueueLength, lane.QueueMs));
    }

    [Fact]
    public async Task Run_CallersFillTheirLine_JobsStillHaveRoom()
    {
        using var lane = new Lane("test", 1, 1);
        using var gate = new LaneGate(lane);
        var caller = lane.Run(() => 1, 0, Far, default);

        var job = lane.Run(() => 2, 0, Job, default);

        Assert.Equal(CallStatus.Overloaded, (await lane.Run(() => 3, 0, Far, default)).Status);
        gate.Open();
        Assert.Equal((1, 2), ((await caller).Value, (await job).Value));
    }

    [Fact]
    public async Task Run_JobOvertakenForLong_StillRunsWithinItsOwnDeadline()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var lane = new Lane("test", 1, 100);
        using var gate = new LaneGate(lane);
        var job = lane.Run(() => 1, 5000, Deadline.InBackground(60_000, time), default);
        var callers = Enumerable.Range(0, 20).Select(_ => lane.Run(() => 2, 5000, Deadline.In(int.MaxValue, time), default)).ToArray();

        // By the estimates the job could not be done in time any more; by the clock it can.
        time.Advance(TimeSpan.FromSeconds(59));
        gate.Open();

        Assert.All(await Task.WhenAll(callers), done => Assert.True(done.Ok));
        Assert.Equal(1, (await job).Value);
    }

    [Fact]
    public async Task Run_JobCancelledInTheQueue_LeavesItsLineAlone()
    {
        using var lane = new Lane("test", 1, 100);
        using var gate = new LaneGate(lane);
        using var cancellation = new CancellationTokenSource();
        var caller = lane.Run(() => 1, 70, Far, default);
        var job = lane.Run(() => 2, 5000, Job, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job);
        Assert.Equal((1, 0, 70), (lane.Length(background: false), lane.Length(background: true), lane.QueueMs));
        gate.Open();
        Assert.Equal(1, (await caller).Value);
    }

    [Fact]
    public async Task Run_DeadlinePassesInTheQueue_NotRun()
    {
        var ran = false;
        using var lane = new Lane("test", 1, 100);
        using var gate = new LaneGate(lane);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();

        var late = lane.Run(() => ran = true, 0, Deadline.In(100, time), default);
        time.Advance(TimeSpan.FromSeconds(1));
        gate.Open();

        Assert.Equal(CallStatus.TimedOut, (await late).Status);
        Assert.False(ran);
    }

    [Fact]
    public async Task Run_CancelledInTheQueue_NotRunAndTheCallerIsFreeAtOnce()
    {
        var ran = false;
        using var lane = new Lane("test", 1, 100);
        using var gate = new LaneGate(lane);
        using var cancellation = new CancellationTokenSource();

        var cancelled = lane.Run(() => ran = true, 5000, Far, cancellation.Token);
        Assert.Equal((1, 5000), (lane.QueueLength, lane.QueueMs));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal((0, 0), (lane.QueueLength, lane.QueueMs));
        gate.Open();
        await lane.Run(() => 1, 0, Far, default);
        Assert.False(ran);
    }

    [Fact]
    public async Task Dispose_WorkWaiting_AnsweredNotForgotten()
    {
        var lane = new Lane("test", 1, 100);
        var gate = new LaneGate(lane);
        var waiting = lane.Run(() => 1, 0, Far, default);

        var disposal = Task.Run(lane.Dispose);

        Assert.Equal(CallStatus.ModelUnavailable, (await waiting).Status);
        gate.Open();
        await disposal;
        Assert.Equal(CallStatus.ModelUnavailable, (await lane.Run(() => 1, 0, Far, default)).Status);
    }

    [Fact]
    public async Task Run_ManyCallersManyThreads_EachOnce()
    {
        var runs = 0;
        using var lane = new Lane("test", 4, 10_000);

        var results = await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => Task.Run(() =>
            lane.Run(() => Interlocked.Increment(ref runs) > 0 ? i : -1, 0, Far, default))));

        Assert.Equal(5000, runs);
        Assert.Equal(Enumerable.Range(0, 5000), results.Select(result => result.Value));
        Assert.Equal((0, 0), (lane.QueueLength, lane.QueueMs));
    }
}
