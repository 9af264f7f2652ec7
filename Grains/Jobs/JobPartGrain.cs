using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Placement;
using Orleans.Concurrency;
using Orleans.Placement;

namespace MplugCluster.Grains.Jobs;

/// <inheritdoc cref="IJobPartGrain"/>
[DevicePlacement, Immovable, Reentrant]
sealed class JobPartGrain(DeviceSessions sessions, PartExecutor executor) : DeviceGrain(sessions), IJobPartGrain
{
    public Task<PartReply> Run(PartRequest request, CancellationToken cancellation = default) => executor.Run(request, Session, cancellation);
}
