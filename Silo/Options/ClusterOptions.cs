namespace MplugCluster.Silo.Options;

/// <summary>The silo among the others: section <c>Mplug:Cluster</c>.</summary>
public sealed record ClusterOptions
{
    /// <summary>Silos of one id form a cluster. Default: <c>mplug</c>.</summary>
    public string Id { get; init; } = "mplug";

    /// <summary>Stable, unique name of the silo: the ring places pictures by it. Default: <c>silo</c>.</summary>
    public string SiloName { get; init; } = "silo";

    /// <summary>Stable name of the machine. Default: its host name.</summary>
    public string Host { get; init; } = Environment.MachineName;

    /// <summary>Port of the silo on the loopback interface. Default: 0, any free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>
    /// Port for programs that speak to grains directly, on the loopback interface. Default: 0, none: Orleans does not ask who calls.
    /// </summary>
    public int ClientPort { get; init; }

    /// <summary>
    /// <c>address:port</c> of the first silo, which keeps the membership table; empty: this silo is the first. Default: empty. Silos of one
    /// machine find each other so; when the first one ends, the others cannot go on.
    /// </summary>
    public string Primary { get; init; } = "";
}
