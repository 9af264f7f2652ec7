using System.Net;
using Orleans.Runtime;

namespace MplugCluster.Cluster.Tests.Clusters;

/// <summary>A silo of which there is nothing but the name and the address.</summary>
sealed class NamedSilo(string name, SiloAddress? address = null) : ILocalSiloDetails
{
    public string Name => name;

    public string ClusterId => "mplug";

    public string DnsHostName => "host";

    public SiloAddress SiloAddress { get; } = address ?? SiloAddress.New(IPAddress.Loopback, 11111, 1);

    public SiloAddress GatewayAddress => SiloAddress;
}
