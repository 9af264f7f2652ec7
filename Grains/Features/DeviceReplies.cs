using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>What a device's answers carry along: how it went, how much waits, where the time went.</summary>
static class DeviceReplies
{
    public static DeviceReply Done(DeviceSession device, Deadline deadline) =>
        new(CallStatus.Ok, QueueMs: device.Status.QueueMs, Spans: deadline.Log?.Spans());

    public static DeviceReply Failed<T>(CallOutcome<T> outcome, DeviceSession device, Deadline deadline) =>
        new(outcome.Status, outcome.Message, outcome.RetryAfterMs, device.Status.QueueMs, deadline.Log?.Spans());
}
