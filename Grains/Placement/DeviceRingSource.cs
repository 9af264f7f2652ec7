using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace MplugCluster.Grains.Placement;

/// <summary>
/// Follows membership: a silo that dies leaves the ring with the view that says so; one that joins enters as soon as its metadata are
/// known, which is why the view is also looked at again while some are missing.
/// </summary>
sealed class DeviceRingSource(IClusterMembershipService membership, ISiloMetadataCache metadata, TimeProvider time)
    : BackgroundService, IDeviceRingSource
{
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    readonly Lock gate = new();
    DeviceRing ring = new([], time);
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public DeviceRing Current
    {
        get
        {
            Refresh();
            return ring;
        }
    }

    /// <inheritdoc/>
    public Task Changed
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Refresh();
    }

    void Refresh()
    {
        var devices = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .SelectMany(member => SiloDevices.Parse(member.Name, metadata.GetSiloMetadata(member.SiloAddress).Metadata))
            .OrderBy(device => device.Key, StringComparer.Ordinal)
            .ToArray();
        lock (gate)
        {
            if (devices.SequenceEqual(ring.Devices))
                return;
            ring = ring.With(devices);
            changed.TrySetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
