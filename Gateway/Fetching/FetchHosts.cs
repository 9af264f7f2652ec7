namespace MplugCluster.Gateway.Fetching;

/// <summary>The hosts that pictures may be fetched from.</summary>
sealed class FetchHosts(IEnumerable<string> hosts)
{
    const string AllBelow = "*.";

    readonly (string Name, bool IsSuffix, int? Port)[] known = [.. hosts.Select(host => Parse(host)!.Value)];

    /// <summary>Whether there is none.</summary>
    public bool None => known.Length == 0;

    /// <summary>Whether a host may be asked on a port; <paramref name="isUsualPort"/>: it is that of the scheme.</summary>
    public bool Allow(string host, int port, bool isUsualPort) => known.Any(entry =>
        (entry.IsSuffix ? host.EndsWith(entry.Name, StringComparison.OrdinalIgnoreCase) : host.Equals(entry.Name, StringComparison.OrdinalIgnoreCase))
        && (entry.Port is null ? isUsualPort : entry.Port == port));

    /// <summary>An entry of the list: the name (with its first dot, where it stands for all below it) and the port; null if it is none.</summary>
    public static (string Name, bool IsSuffix, int? Port)? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var port = 0;
        if (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), out port) || port is < 1 or > ushort.MaxValue))
            return null;
        var name = colon < 0 ? text : text[..colon];
        var isSuffix = name.StartsWith(AllBelow, StringComparison.Ordinal);
        var host = isSuffix ? name[AllBelow.Length..] : name;
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? (isSuffix ? $".{host}" : host, isSuffix, colon < 0 ? null : port)
            : null;
    }
}
