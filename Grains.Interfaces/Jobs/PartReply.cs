using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>How a part ended.</summary>
/// <param name="Reply">Ok: its file is there. Anything else is no fault of the part, and it is tried again.</param>
/// <param name="Fatal">Why the job cannot go on at all; null otherwise.</param>
/// <param name="Items">Items that the part has.</param>
/// <param name="Failed">Items that failed and are in the error report.</param>
/// <param name="Next">Parts of the next stage, where this part decides it; blocks of the job, where the part was its input; else -1.</param>
/// <param name="Times">Where the time went.</param>
/// <param name="Tiers">Where image features came from.</param>
[GenerateSerializer, Immutable, Alias("mplug.PartReply")]
public sealed record PartReply(
    [property: Id(0)] DeviceReply Reply,
    [property: Id(1)] string? Fatal,
    [property: Id(2)] int Items,
    [property: Id(3)] int Failed,
    [property: Id(4)] int Next,
    [property: Id(5)] WorkTimes Times,
    [property: Id(6)] TierCounts Tiers);
