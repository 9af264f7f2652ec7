namespace MplugCluster.Gateway.Hosting;

/// <summary>Pictures that requests name by URL: section <c>Mplug:Gateway:Fetch</c>. None are fetched unless hosts are named.</summary>
public sealed record FetchOptions
{
    /// <summary>
    /// Hosts that may be asked, separated by commas: <c>images.example.org</c>, <c>*.example.org</c> for all below a name, with <c>:port</c> where it
    /// is not that of http or https. Whatever a host's name says, only public addresses are connected to. Default: none.
    /// </summary>
    public string Hosts { get; init; } = "";

    /// <summary>Longest time for one picture with all its redirects, in milliseconds. Default: 10,000.</summary>
    public int TimeoutMs { get; init; } = 10_000;

    /// <summary>Most redirects of one picture; each is checked as the first address was. Default: 3.</summary>
    public int MaxRedirects { get; init; } = 3;

    internal IReadOnlyList<string> HostNames => Hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
