using MplugCluster.Grains.Placement;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>Devices that are there, until a test changes them.</summary>
sealed class FixedRing(params string[] silos) : IDeviceRingSource
{
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DeviceRing Current { get; private set; } = new(silos.Select(silo => new RingDevice("host", silo, "cpu")));

    public Task Changed => changed.Task;

    public void Become(params string[] next)
    {
        var before = changed;
        Current = Current.With(next.Select(silo => new RingDevice("host", silo, "cpu")));
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        before.TrySetResult();
    }
}
