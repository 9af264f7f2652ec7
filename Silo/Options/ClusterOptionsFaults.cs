using System.Net;
using StackExchange.Redis;

namespace MplugCluster.Silo.Options;

/// <summary>What can be wrong with a silo's place among the others; keys are those of <see cref="ClusterOptions"/>.</summary>
static class ClusterOptionsFaults
{
    public static IEnumerable<OptionsFault> Of(ClusterOptions options) =>
    [
        .. Address(options.Address),
        .. Port(options.SiloPort, nameof(options.SiloPort)),
        .. Port(options.ClientPort, nameof(options.ClientPort)),
        .. Port(options.AdminPort, nameof(options.AdminPort)),
        .. SamePorts(options),
        .. Require(
            options.Primary.Length == 0 || (IPEndPoint.TryParse(options.Primary, out var end) && end.Port > 0),
            nameof(options.Primary),
            $"'{options.Primary}' is no endpoint; write address:port, as in 127.0.0.1:11111."),
        .. Redis(options.Redis),
        .. Require(
            options.Redis.Length == 0 || options.Primary.Length == 0,
            nameof(options.Primary),
            "the membership table is either in Redis or with a first silo; leave Primary or Redis empty."),
    ];

    static IEnumerable<OptionsFault> Address(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed))
            return [Fault(nameof(ClusterOptions.Address), $"'{address}' is no IP address; write one of this machine's, as in 10.0.0.5.")];
        return Require(
            !parsed.Equals(IPAddress.Any) && !parsed.Equals(IPAddress.IPv6Any),
            nameof(ClusterOptions.Address),
            $"'{address}' is every address; other silos need the one that they reach this machine at.");
    }

    static IEnumerable<OptionsFault> Port(int port, string key) => Require(port is >= 0 and <= 65535, key, $"{port} is no port; 0 to 65535 are.");

    static IEnumerable<OptionsFault> SamePorts(ClusterOptions options) =>
        new (string Key, int Port)[]
        {
            (nameof(options.SiloPort), options.SiloPort),
            (nameof(options.ClientPort), options.ClientPort),
            (nameof(options.AdminPort), options.AdminPort),
        }
            .Where(named => named.Port != 0)
            .GroupBy(named => named.Port)
            .Where(group => group.Count() > 1)
            .Select(group => Fault(group.Last().Key, $"{group.Key} is the {group.First().Key} too; each needs a port of its own."));

    static IEnumerable<OptionsFault> Redis(string redis)
    {
        if (redis.Length == 0)
            return [];
        try
        {
            return Require(
                ConfigurationOptions.Parse(redis).EndPoints.Count > 0,
                nameof(ClusterOptions.Redis),
                "the connection string names no server; write host:port, as in 10.0.0.5:6379.");
        }
        catch (ArgumentException e)
        {
            return [Fault(nameof(ClusterOptions.Redis), $"the connection string is wrong: {e.Message}")];
        }
    }

    static IEnumerable<OptionsFault> Require(bool holds, string key, string reason) => holds ? [] : [Fault(key, reason)];

    static OptionsFault Fault(string key, string reason) => new(key, reason);
}
