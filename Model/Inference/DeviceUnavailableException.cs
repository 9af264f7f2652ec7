namespace MplugCluster.Model.Inference;

/// <summary>A device cannot be used on this machine with this build; the message says which library or driver is missing.</summary>
public sealed class DeviceUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why, for whoever names the device himself.</summary>
    public string Reason { get; private init; } = message;

    /// <summary>A device that did not start.</summary>
    public static DeviceUnavailableException At(DeviceName device, string reason, Exception? inner = null) =>
        new($"Device {device} did not start: {reason}", inner) { Reason = reason };
}
