using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>How a call for a part came back.</summary>
/// <param name="Reply">The answer; null if there is none.</param>
/// <param name="DeviceLost">Whether the silo went down with the part in flight.</param>
/// <param name="Message">Why there is no answer.</param>
sealed record PartLanding(PartReply? Reply, bool DeviceLost = false, string? Message = null);
