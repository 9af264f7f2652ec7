using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>Sends parts to devices.</summary>
interface IPartCaller
{
    /// <summary>Runs one part. Never throws for a device that fails or is gone, nor when it is cancelled: the landing says so.</summary>
    Task<PartLanding> Call(RingDevice device, PartRequest request, CancellationToken cancellation);
}
