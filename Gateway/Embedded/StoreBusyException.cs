namespace MplugCluster.Gateway.Embedded;

/// <summary>Another process has the store, and cannot be used instead; the message says why and what to do.</summary>
public sealed class StoreBusyException(string message) : Exception(message);
