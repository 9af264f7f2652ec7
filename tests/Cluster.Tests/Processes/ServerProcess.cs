using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>A Gateway or Silo as a process of its own, which can be killed as a power cut would.</summary>
sealed class ServerProcess : IDisposable
{
    const int FirstPort = 20_000, FirstEphemeralPort = 32_000;

    readonly Process process;
    readonly List<string> log = [];

    ServerProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.Add(line.Data ?? "");
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to stderr.</summary>
    public string Log
    {
        get
        {
            lock (log)
                return string.Join('\n', log);
        }
    }

    /// <summary>Its process.</summary>
    public int ProcessId => process.Id;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => process.ExitCode;

    public bool HasExited => process.HasExited;

    /// <summary>Done when it has ended and its log is complete.</summary>
    public Task Exited => process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Starts <c>MplugCluster.{program}.dll</c>, which stands beside the tests.</summary>
    public static ServerProcess Start(string program, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"MplugCluster.{program}.dll"));
        foreach (var setting in settings)
            start.ArgumentList.Add($"--Mplug:{setting}");
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>
    /// A port that nobody listens on, below those that the system gives to outgoing connections: one of these could take it while a process that
    /// was killed is being started again on it.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, FirstEphemeralPort);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }

    /// <summary>Waits until something is so; the process's end is a failure with its log.</summary>
    public async Task Until(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                if (await isSo())
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            Assert.False(HasExited, Log);
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
