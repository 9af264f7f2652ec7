namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>What every answer of a device carries along.</summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Message">For people, when it did not end well.</param>
/// <param name="RetryAfterMs">With <see cref="CallStatus.Overloaded"/>: when to try again, in milliseconds.</param>
/// <param name="QueueMs">Estimated work waiting for the device, in milliseconds: what the ring steers by.</param>
/// <param name="Spans">Where the call's time went, as its silo measured it: in order, none overlapping another. Null: not measured.</param>
[GenerateSerializer, Immutable, Alias("mplug.DeviceReply")]
public sealed record DeviceReply(
    [property: Id(0)] CallStatus Status,
    [property: Id(1)] string? Message = null,
    [property: Id(2)] int RetryAfterMs = 0,
    [property: Id(3)] int QueueMs = 0,
    [property: Id(4)] StageSpan[]? Spans = null);
