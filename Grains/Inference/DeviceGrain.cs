using Orleans.Runtime;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// What the grains of a device share: they live where the device is. A stale directory entry can bring one up elsewhere; there it refuses,
/// so that the caller asks the ring again.
/// </summary>
abstract class DeviceGrain(DeviceSessions sessions) : Grain
{
    /// <summary>The device.</summary>
    protected DeviceSession Session { get; private set; } = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        if (!sessions.TryGet(key, out var session))
            throw new SiloUnavailableException($"This silo has no device for '{key}'.");
        Session = session;
        return base.OnActivateAsync(cancellationToken);
    }
}
