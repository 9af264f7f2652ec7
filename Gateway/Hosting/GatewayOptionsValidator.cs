using MplugCluster.Silo.Options;

namespace MplugCluster.Gateway.Hosting;

/// <summary>Finds every fault of the door's options at once.</summary>
public static class GatewayOptionsValidator
{
    /// <summary>All faults; none for good options.</summary>
    public static IEnumerable<OptionsFault> Validate(GatewayOptions options)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return Fault("Url", $"'{options.Url}' is no address; write http://address:port.");
        else if (!options.IsLoopback && options.Token.Length < 16)
            yield return Fault("Token", $"'{options.Url}' can be reached from other machines; a token of at least 16 characters is needed.");
    }

    static OptionsFault Fault(string key, string reason) => new($"{MplugOptions.Section}:Gateway:{key}", reason);
}
