using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class LaneTests
{
    static readonly Deadline Far = Deadline.In(60_000);

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
        using var gate = new Gate(lane);
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
        using var gate = new Gate(lane);
        var waiting = lane.Run(() => 1, 5000, Far, default);

        var refused = await lane.Run(() => 2, 5000, Deadline.In(8000), default);

        Assert.Equal(CallStatus.Overloaded, refused.Status);
        gate.Open();
        Assert.True((await waiting).Ok);
    }

    [Fact]
    public async Task Run_DeadlinePassesInTheQueue_NotRun()
    {
        var ran = false;
        using var lane = new Lane("test", 1, 100);
        using var gate = new Gate(lane);
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
        using var gate = new Gate(lane);
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
        var gate = new Gate(lane);
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

    /// <summary>Keeps the lane's one thread busy until it is opened.</summary>
    sealed class Gate : IDisposable
    {
        readonly ManualResetEventSlim open = new();
        readonly Task held;

        public Gate(Lane lane)
        {
            using var begun = new ManualResetEventSlim();
            held = lane.Run(
                () =>
                {
                    begun.Set();
                    open.Wait();
                    return 0;
                },
                0,
                Far,
                default);
            begun.Wait();
        }

        public void Open() => open.Set();

        public void Dispose()
        {
            open.Set();
            held.Wait();
            open.Dispose();
        }
    }
}
