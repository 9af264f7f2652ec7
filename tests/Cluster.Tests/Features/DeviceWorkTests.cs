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

    sealed class OneRing(DeviceRing ring) : IDeviceRingSource
    {
        public DeviceRing Current => ring;

        public Task Changed { get; } = new TaskCompletionSource().Task;
    }
}
