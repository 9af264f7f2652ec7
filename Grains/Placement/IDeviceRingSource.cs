namespace MplugCluster.Grains.Placement;

/// <summary>The cluster's devices as this silo sees them now.</summary>
public interface IDeviceRingSource
{
    /// <summary>The ring.</summary>
    DeviceRing Current { get; }

    /// <summary>Done at the next change of the ring.</summary>
    Task Changed { get; }
}
