namespace MplugCluster.Model.Inference;

/// <summary>A device cannot be used on this machine with this build; the message says which library or driver is missing.</summary>
public sealed class DeviceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
