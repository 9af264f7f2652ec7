using System.Net;
using System.Net.Sockets;

namespace MplugCluster.Gateway.Fetching;

/// <summary>
/// Which addresses a picture may be fetched from: public ones of hosts. Networks that lead inwards, and forms of IPv6 that hide an IPv4 address, are
/// named here; of IPv6 only what is given to hosts (2000::/3) is public at all.
/// </summary>
/// <remarks>Source: IANA's special-purpose address registries for IPv4 and IPv6.</remarks>
static class AddressRules
{
    static readonly (IPNetwork Network, string Kind)[] Refused =
    [
        Of("0.0.0.0/8", "unspecified"),
        Of("10.0.0.0/8", "private"),
        Of("100.64.0.0/10", "of a provider's inside"),
        Of("127.0.0.0/8", "loopback"),
        Of("168.63.129.16/32", "of a cloud's metadata"),
        Of("169.254.0.0/16", "link-local, as clouds' metadata are"),
        Of("172.16.0.0/12", "private"),
        Of("192.0.0.0/24", "reserved"),
        Of("192.0.2.0/24", "for documentation"),
        Of("192.88.99.0/24", "6to4"),
        Of("192.168.0.0/16", "private"),
        Of("198.18.0.0/15", "for measurements"),
        Of("198.51.100.0/24", "for documentation"),
        Of("203.0.113.0/24", "for documentation"),
        Of("224.0.0.0/4", "multicast"),
        Of("240.0.0.0/4", "reserved"),
        Of("::/128", "unspecified"),
        Of("::1/128", "loopback"),
        Of("64:ff9b::/96", "NAT64"),
        Of("64:ff9b:1::/48", "NAT64"),
        Of("2001::/32", "Teredo"),
        Of("2001::/23", "reserved"),
        Of("2001:db8::/32", "for documentation"),
        Of("2002::/16", "6to4"),
        Of("3fff::/20", "for documentation"),
        Of("fc00::/7", "private"),
        Of("fe80::/10", "link-local"),
        Of("fec0::/10", "private"),
        Of("ff00::/8", "multicast"),
    ];

    static readonly IPNetwork Hosts = IPNetwork.Parse("2000::/3");

    /// <summary>What is wrong with an address; null for a public one.</summary>
    public static string? FaultOf(IPAddress address)
    {
        // Before the networks, which see the address inside.
        if (address.IsIPv4MappedToIPv6)
            return "IPv4-mapped";
        foreach (var (network, kind) in Refused)
        {
            if (network.Contains(address))
                return kind;
        }

        return address.AddressFamily == AddressFamily.InterNetwork || Hosts.Contains(address) ? null : "reserved";
    }

    static (IPNetwork, string) Of(string network, string kind) => (IPNetwork.Parse(network), kind);
}
