using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MplugCluster.Gateway.Fetching;

namespace MplugCluster.Cluster.Tests.Http.Fetching;

/// <summary>A network whose names are those of a test, and all of whose addresses lead to one local server.</summary>
sealed class StandInNetwork(int port) : IFetchNetwork
{
    /// <summary>Addresses by name; the second answer to a name differs where two are given.</summary>
    public ConcurrentDictionary<string, string[][]> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that were asked for, and addresses that were connected to.</summary>
    public ConcurrentQueue<string> Resolved { get; } = new();

    public ConcurrentQueue<string> Connected { get; } = new();

    public Task<IPAddress[]> Resolve(string host, CancellationToken cancellation)
    {
        var before = Resolved.Count(name => name == host);
        Resolved.Enqueue(host);
        return Names.TryGetValue(host, out var answers)
            ? Task.FromResult(answers[Math.Min(before, answers.Length - 1)].Select(IPAddress.Parse).ToArray())
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    public Task<Stream> Connect(IPAddress address, int asked, CancellationToken cancellation)
    {
        Connected.Enqueue(address.ToString());
        return new FetchNetwork().Connect(IPAddress.Loopback, port, cancellation);
    }
}
