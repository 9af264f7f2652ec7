using MplugCluster.Gateway.Fetching;
using MplugCluster.Gateway.Security;
using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Hosting;

/// <summary>Finds every fault of the door's options at once.</summary>
public static class GatewayOptionsValidator
{
    const int MinKeyLength = 16, MaxTimeoutMs = 120_000, MaxRedirects = 10;

    /// <summary>All faults; none for good options.</summary>
    public static IEnumerable<OptionsFault> Validate(GatewayOptions options)
    {
        // One address and no path: Kestrel splits a list at semicolons, and would listen where nobody looked.
        var isUrl = Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            && url.PathAndQuery == "/" && !options.Url.Contains(';', StringComparison.Ordinal);
        if (!isUrl)
            yield return Fault("Url", $"'{options.Url}' is no address; write http://address:port.");
        foreach (var fault in KeyFaults(options, isPublic: isUrl && !options.IsLoopback))
            yield return fault;
        if (options.MaxRequests < 1)
            yield return Fault("MaxRequests", $"{options.MaxRequests} is less than 1.");
        foreach (var host in options.Fetch.HostNames.Where(host => FetchHosts.Parse(host) is null))
            yield return Fault("Fetch:Hosts", $"'{host}' is no host; write images.example.org, *.example.org or images.example.org:8443.");
        if (options.Fetch.TimeoutMs is < 1 or > MaxTimeoutMs)
            yield return Fault("Fetch:TimeoutMs", $"{options.Fetch.TimeoutMs} is not between 1 and {MaxTimeoutMs}.");
        if (options.Fetch.MaxRedirects is < 0 or > MaxRedirects)
            yield return Fault("Fetch:MaxRedirects", $"{options.Fetch.MaxRedirects} is not between 0 and {MaxRedirects}.");
    }

    static IEnumerable<OptionsFault> KeyFaults(GatewayOptions options, bool isPublic)
    {
        var keys = options.AllKeys;
        var hasAdmin = keys.Any(key => key.Right == AccessRight.Admin);
        if (isPublic && !hasAdmin)
        {
            yield return Fault(
                "Token", $"'{options.Url}' can be reached from other machines; a token of at least {MinKeyLength} characters is needed, or a key in Keys:Admin.");
        }
        else if (keys.Count > 0 && !hasAdmin)
        {
            yield return Fault("Keys:Admin", "there are keys, but none that may do everything; name one, or set Token.");
        }

        if (isPublic && options.Token.Length is > 0 and < MinKeyLength)
            yield return Fault("Token", $"'{options.Url}' can be reached from other machines; a token of at least {MinKeyLength} characters is needed.");
        foreach (var right in Enum.GetValues<AccessRight>())
        {
            if (isPublic && options.Keys.Of(right).Any(key => key.Length < MinKeyLength))
                yield return Fault($"Keys:{right}", $"'{options.Url}' can be reached from other machines; keys of at least {MinKeyLength} characters are needed.");
        }

        if (keys.DistinctBy(key => key.Key).Count() < keys.DistinctBy(key => key).Count())
            yield return Fault("Keys", "a key stands in two places; which right it has would be a guess.");
    }

    static OptionsFault Fault(string key, string reason) => new($"{MplugOptions.Section}:Gateway:{key}", reason);
}
