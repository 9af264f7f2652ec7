using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MplugCluster.Cluster.Tests.Servers;

/// <summary>A way to a server on which answers can be lost: the request arrives and is done, the connection breaks before the answer.</summary>
sealed class LossyProxy : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly int target;
    int toLose;
    byte[]? fatal;

    public LossyProxy(int target)
    {
        this.target = target;
        listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Answers lost so far.</summary>
    public int Lost { get; private set; }

    /// <summary>Loses the next answers.</summary>
    public void Lose(int answers) => Volatile.Write(ref toLose, answers);

    /// <summary>Loses the answer to the next request that has a word in it, and the connection with it.</summary>
    public void LoseAnswerTo(string word) => Volatile.Write(ref fatal, Encoding.ASCII.GetBytes(word));

    public void Dispose() => listener.Dispose();

    async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task Serve(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(Ask(client.GetStream(), server.GetStream()), Answer(server.GetStream(), client.GetStream()));
        }
    }

    async Task Ask(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            await to.WriteAsync(buffer.AsMemory(0, count));
            if (Volatile.Read(ref fatal) is not { } word || buffer.AsSpan(0, count).IndexOf(word) < 0)
                continue;
            Volatile.Write(ref fatal, null);
            Lost++;
            return;
        }
    }

    async Task Answer(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            if (Volatile.Read(ref toLose) > 0)
            {
                Interlocked.Decrement(ref toLose);
                Lost++;
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
