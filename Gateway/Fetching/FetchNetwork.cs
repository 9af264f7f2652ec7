using System.Net;
using System.Net.Sockets;

namespace MplugCluster.Gateway.Fetching;

/// <summary>The real network.</summary>
sealed class FetchNetwork : IFetchNetwork
{
    public Task<IPAddress[]> Resolve(string host, CancellationToken cancellation) => Dns.GetHostAddressesAsync(host, cancellation);

    public async Task<Stream> Connect(IPAddress address, int port, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
