using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Cluster.Tests.Features;

public sealed class DeviceWorkTests
{
    readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Run_TimeIsOver_TellsOfTheQueueThatStoodBeforeItWhenItWasSent(int queueMs)
    {
        var ring = new DeviceRing([new RingDevice("host", "silo", "cpu")], time);
        ring.Note(ring.Devices[0], queueMs);
        var work = new DeviceWork<string, DeviceReply>(new OneRing(ring), maxPieces: 1)
        {
            Place = piece => piece,
            Call = async (_, _, _, limit) =>
            {
                // Whatever was known of queues is too old to be believed by the time the call is given up.
                time.Advance(TimeSpan.FromMinutes(1));
                await Task.Delay(Timeout.Infinite, limit);
                throw new InvalidOperationException("It waits for ever.");
            },
            ReplyOf = reply => reply,
            Answered = (_, _) => { },
        };

        var reply = await work.Run(["a"], Deadline.In(200), default);

        Assert.Equal((CallStatus.TimedOut, queueMs), (reply.Status, reply.QueueMs));
    }

    [Fact]
    public async Task Run_TimeIsOverOnADeviceThatAnsweredNobodyYet_TellsOfAQueueOnlyIfOthersWorkWasThere()
    {
        var ring = new DeviceRing([new RingDevice("host", "silo", "cpu")]);
        var work = new DeviceWork<string, DeviceReply>(new OneRing(ring), maxPieces: 1)
        {
            Place = piece => piece,
            Call = async (_, _, _, limit) =>
            {
                await Task.Delay(Timeout.Infinite, limit);
                throw new InvalidOperationException("It waits for ever.");
            },
            ReplyOf = reply => reply,
            Answered = (_, _) => { },
        };

        // Two calls of one piece of work are not others' work to each other.
        var alone = await work.Run(["a", "b"], Deadline.In(100), default);
        var together = await Task.WhenAll(work.Run(["a"], Deadline.In(100), default), work.Run(["b"], Deadline.In(100), default));
        var after = await work.Run(["a"], Deadline.In(100), default);

        Assert.Equal((CallStatus.TimedOut, 0), (alone.Status, alone.QueueMs));
        Assert.All(together, reply => Assert.Equal((CallStatus.TimedOut, true), (reply.Status, reply.QueueMs > 0)));
        Assert.Equal((CallStatus.TimedOut, 0), (after.Status, after.QueueMs));
    }

    [Fact]
    public async Task Run_ADeviceSaysThatItCannot_AnotherOneAtOnce()
    {
        var ring = new DeviceRing([new RingDevice("host", "a", "cuda:0"), new RingDevice("host", "b", "cuda:0")]);
        var (called, answered) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        var work = new DeviceWork<string, DeviceReply>(new OneRing(ring), maxPieces: 100)
        {
            Place = piece => piece,
            Call = (key, _, _, _) =>
            {
                called.Add(key.Split('/')[1]);
                return Task.FromResult(key.StartsWith("host/a/", StringComparison.Ordinal)
                    ? new DeviceReply(CallStatus.ModelUnavailable, "It is lost.")
                    : new DeviceReply(CallStatus.Ok));
            },
            ReplyOf = reply => reply,
            Answered = (pieces, _) => Array.ForEach(pieces, answered.Add),
        };
        string[] pieces = [.. Enumerable.Range(0, 40).Select(i => $"{i}")];
        var log = new StageLog();

        var reply = await work.Run(pieces, Deadline.In(60_000).Logged(log), default);

        Assert.Equal(CallStatus.Ok, reply.Status);
        Assert.Equal(pieces.Order(), answered.Order());
        Assert.Contains("a", called);
        Assert.DoesNotContain(log.Spans(), span => span.Stage == WorkStage.Queue);
    }

    [Fact]
    public async Task Run_AllDevicesSayThatTheyCannot_TheReason()
    {
        var ring = new DeviceRing([new RingDevice("host", "a", "cuda:0"), new RingDevice("host", "b", "cuda:0")]);
        var work = new DeviceWork<string, DeviceReply>(new OneRing(ring), maxPieces: 100)
        {
            Place = piece => piece,
            Call = (_, _, _, _) => Task.FromResult(new DeviceReply(CallStatus.ModelUnavailable, "It is lost.")),
            ReplyOf = reply => reply,
            Answered = (_, _) => { },
        };

        var reply = await work.Run([.. Enumerable.Range(0, 40).Select(i => $"{i}")], Deadline.In(60_000), default);

        Assert.Equal((CallStatus.ModelUnavailable, "It is lost."), (reply.Status, reply.Message));
    }

    sealed class OneRing(DeviceRing ring) : IDeviceRingSource
    {
        public DeviceRing Current => ring;

        public Task Changed { get; } = new TaskCompletionSource().Task;
    }
}
