namespace MplugCluster.Grains.Placement;

/// <summary>What a silo tells the others about itself, as silo metadata.</summary>
public static class SiloDevices
{
    /// <summary>Metadata key: devices separated by commas; empty for a plain silo.</summary>
    public const string DevicesKey = "devices";

    /// <summary>Metadata key: stable name of the machine.</summary>
    public const string HostKey = "host";

    /// <summary>Metadata of a silo.</summary>
    public static Dictionary<string, string> Metadata(string host, IEnumerable<string> devices) =>
        new(StringComparer.Ordinal) { [HostKey] = host, [DevicesKey] = string.Join(',', devices) };

    /// <summary>Devices of a silo by its metadata.</summary>
    public static IEnumerable<RingDevice> Parse(string silo, IReadOnlyDictionary<string, string> metadata) =>
        metadata.GetValueOrDefault(DevicesKey, "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(device => new RingDevice(metadata.GetValueOrDefault(HostKey, ""), silo, device));
}
