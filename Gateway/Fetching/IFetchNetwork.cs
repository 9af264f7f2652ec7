using System.Net;

namespace MplugCluster.Gateway.Fetching;

/// <summary>The network as the fetcher sees it; the fetcher itself decides which addresses are connected to.</summary>
interface IFetchNetwork
{
    /// <summary>Addresses of a name.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There are none.</exception>
    Task<IPAddress[]> Resolve(string host, CancellationToken cancellation);

    /// <summary>A connection to an address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers.</exception>
    Task<Stream> Connect(IPAddress address, int port, CancellationToken cancellation);
}
