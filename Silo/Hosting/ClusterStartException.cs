namespace MplugCluster.Silo.Hosting;

/// <summary>A silo cannot start where and with what it was told to; the message says which setting, and why.</summary>
public sealed class ClusterStartException(string message, Exception inner) : Exception(message, inner);
