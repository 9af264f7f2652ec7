using System.Net;

namespace MplugCluster.Gateway.Hosting;

/// <summary>The HTTP door: section <c>Mplug:Gateway</c>.</summary>
public sealed record GatewayOptions
{
    /// <summary>Section within <c>Mplug</c>.</summary>
    public const string Section = "Gateway";

    /// <summary>Address to listen on. Default: <c>http://127.0.0.1:8080</c>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>What clients must send as bearer token; empty: none is needed. An address other than loopback needs one. Default: empty.</summary>
    public string Token { get; init; } = "";

    /// <summary>Names besides its addresses that the server answers for, separated by commas. Default: none.</summary>
    public string Hosts { get; init; } = "";

    internal IReadOnlyList<string> HostNames => Hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal bool IsLoopback => Uri.TryCreate(Url, UriKind.Absolute, out var url)
        && (url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
