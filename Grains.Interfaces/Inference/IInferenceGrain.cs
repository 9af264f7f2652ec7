namespace MplugCluster.Grains.Interfaces.Inference;

/// <summary>The cluster's door to one device; one per device, on the silo that has it, never moved. Key: the device's ring name.</summary>
[Alias("mplug.IInferenceGrain")]
public interface IInferenceGrain : IGrainWithStringKey
{
    /// <summary>What the device is doing.</summary>
    [Alias("Status"), ResponseTimeout("00:00:05")]
    Task<DeviceStatus> Status(CancellationToken cancellation = default);

    /// <summary>Runs one tiny inference through the queue and says whether it came back right.</summary>
    [Alias("Canary"), ResponseTimeout("00:00:30")]
    Task<DeviceStatus> Canary(CancellationToken cancellation = default);

    /// <summary>The feature cache of the silo that has the device.</summary>
    [Alias("Cache"), ResponseTimeout("00:00:05")]
    Task<CacheStatus> Cache(CancellationToken cancellation = default);
}
