using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Inference;
using MplugCluster.Grains.Placement;
using Orleans.Concurrency;
using Orleans.Placement;

namespace MplugCluster.Grains.Inference;

/// <inheritdoc cref="IInferenceGrain"/>
[DevicePlacement, Immovable, KeepAlive, Reentrant]
sealed class InferenceGrain(DeviceSessions sessions, Canary canary, CacheWatch cache) : DeviceGrain(sessions), IInferenceGrain
{
    public Task<DeviceStatus> Status(CancellationToken cancellation = default) => Task.FromResult(Session.Status);

    public async Task<DeviceStatus> Canary(CancellationToken cancellation = default) => await canary.Run(Session, cancellation);

    public Task<CacheStatus> Cache(CancellationToken cancellation = default) => Task.FromResult(cache.Status);
}
