using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MplugCluster.Cluster.Tests.Servers;

/// <summary>Gives every request the same answer, as an account that throttles does.</summary>
sealed class RefusingServer : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly byte[] answer;
    int requests;

    /// <param name="status">As <c>503 Server Busy</c>.</param>
    /// <param name="code">Azure's name of the error; null for a server that is not Azure's.</param>
    public RefusingServer(string status, string? code)
    {
        answer = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{(code is null ? "" : $"x-ms-error-code: {code}\r\n")}Content-Length: 0\r\nConnection: close\r\n\r\n");
        listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Requests => Volatile.Read(ref requests);

    public void Dispose() => listener.Dispose();

    async Task Accept()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref requests);
                using var request = new StreamReader(client.GetStream(), leaveOpen: true);
                while (await request.ReadLineAsync() is { Length: > 0 })
                    continue;
                await client.GetStream().WriteAsync(answer);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
