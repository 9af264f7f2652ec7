using System.Diagnostics;
using System.Net.Sockets;
using MplugCluster.Cluster.Tests.Processes;
using StackExchange.Redis;

namespace MplugCluster.Cluster.Tests.Servers;

/// <summary>A real Redis on a free loopback port, with a folder of its own; it can be stopped and started again on the same port.</summary>
sealed class RedisServer : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string program;
    readonly string[] settings;
    Process? process;

    RedisServer(string program, string[] settings) => (this.program, this.settings) = (program, settings);

    public int Port { get; } = ServerProcess.FreePort();

    /// <summary>Where it listens, as a connection string.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts one; where there is none on this machine the test is skipped.</summary>
    /// <param name="appendOnly">Whether what it holds survives its end.</param>
    /// <param name="settings">Further ones of redis-server.</param>
    public static async Task<RedisServer> Run(bool appendOnly = true, params string[] settings)
    {
        var server = new RedisServer(InstalledTool.Path("redis-server"), ["--appendonly", appendOnly ? "yes" : "no", .. settings]);
        await server.Start();
        return server;
    }

    /// <summary>Starts it on what its folder holds; done when it answers.</summary>
    public async Task Start()
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder.Path, .. settings])
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        process.BeginOutputReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await Listens(limit.Token))
        {
            Assert.False(process.HasExited, "redis-server ended at once.");
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>kill -9; what was appended stays.</summary>
    public void Stop()
    {
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }

    /// <summary>Forgets everything.</summary>
    public async Task FlushAll()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true");
        await connection.GetServer(Address).FlushAllDatabasesAsync();
    }

    public void Dispose()
    {
        if (process is not null)
            Stop();
        folder.Dispose();
    }

    async Task<bool> Listens(CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
