namespace MplugCluster.Grains.Placement;

/// <summary>A device by a name that survives restarts: machine, silo, device. Never the silo's address, which every restart changes.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Silo">The silo's name.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda:0</c>.</param>
public sealed record RingDevice(string Host, string Silo, string Device)
{
    /// <summary>The name in grain keys and metrics: <c>host/silo/device</c>.</summary>
    public string Key => $"{Host}/{Silo}/{Device}";

    /// <summary>Reads the device from a grain key, which may have a shard behind it.</summary>
    /// <exception cref="FormatException">The key names no device.</exception>
    public static RingDevice Parse(string key) => key.Split('/') is [var host, var silo, var device, ..]
        ? new RingDevice(host, silo, device)
        : throw new FormatException($"'{key}' is not the key of a device: expected host/silo/device.");
}
