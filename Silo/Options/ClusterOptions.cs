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

    /// <summary>
    /// IP address that other silos reach this one at; its ports listen there and nowhere else. Default: <c>127.0.0.1</c>. Orleans does not ask
    /// who calls: any other address belongs to a network in which only the cluster is.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port of the silo. Default: 0, any free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port for programs that speak to grains directly. Default: 0, none: Orleans does not ask who calls.</summary>
    public int ClientPort { get; init; }

    /// <summary>
    /// Port of a silo's <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c>, which need no token; a Gateway has them on its own URL. Default: 0,
    /// any free one; the log says which.
    /// </summary>
    public int AdminPort { get; init; }

    /// <summary>
    /// <c>address:port</c> of the first silo, which keeps the membership table; empty: this silo is the first. Default: empty. Silos of one
    /// machine find each other so; when the first one ends, the others cannot go on.
    /// </summary>
    public string Primary { get; init; } = "";

    /// <summary>
    /// Redis that keeps the membership table, as a connection string of StackExchange.Redis (<c>10.0.0.5:6379,password=...</c>). Silos of any
    /// number of machines find each other so, and any of them may end. Default: empty, none.
    /// </summary>
    public string Redis { get; init; } = "";

    /// <summary>
    /// Whether Gateways serve Orleans' own dashboard at <c>/dashboard</c>, behind the admin key, and this silo tells it of its grains, which costs
    /// something with every call. For all silos of a cluster, or for none. Default: no.
    /// </summary>
    public bool Dashboard { get; init; }
}
