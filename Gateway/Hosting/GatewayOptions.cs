using System.Net;
using MplugCluster.Gateway.Security;

namespace MplugCluster.Gateway.Hosting;

/// <summary>The HTTP door: section <c>Mplug:Gateway</c>.</summary>
public sealed record GatewayOptions
{
    /// <summary>Section within <c>Mplug</c>.</summary>
    public const string Section = "Gateway";

    /// <summary>Address to listen on. Default: <c>http://127.0.0.1:8080</c>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>An admin key; clients send it as bearer token. An address other than loopback needs one, here or in <see cref="Keys"/>. Default: empty.</summary>
    public string Token { get; init; } = "";

    /// <summary>Keys by what they may do. Without any key and token everybody who reaches the door may do everything.</summary>
    public KeyOptions Keys { get; init; } = new();

    /// <summary>Pictures that requests name by URL.</summary>
    public FetchOptions Fetch { get; init; } = new();

    /// <summary>
    /// Requests, other than those that only look, which are worked on at the same time; more are answered 429, before their bodies are read. Default: 128.
    /// </summary>
    public int MaxRequests { get; init; } = 128;

    /// <summary>Names besides its addresses that the server answers for, separated by commas. Default: none.</summary>
    public string Hosts { get; init; } = "";

    internal IReadOnlyList<string> HostNames => Hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Every key with what it may do.</summary>
    internal IReadOnlyList<(string Key, AccessRight Right)> AllKeys =>
    [
        .. Token.Length > 0 ? [(Token, AccessRight.Admin)] : Array.Empty<(string, AccessRight)>(),
        .. Enum.GetValues<AccessRight>().SelectMany(right => Keys.Of(right).Select(key => (key, right))),
    ];

    /// <summary>A key that may do everything; empty where there is none.</summary>
    internal string AdminKey => AllKeys.FirstOrDefault(key => key.Right == AccessRight.Admin).Key ?? "";

    internal bool IsLoopback => Uri.TryCreate(Url, UriKind.Absolute, out var url)
        && (url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
