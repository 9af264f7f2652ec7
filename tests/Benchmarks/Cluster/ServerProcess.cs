using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>A Gateway or a Silo as a process of its own, on one core or on all.</summary>
sealed class ServerProcess : IDisposable
{
    const double TicksPerSecond = 100;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly Process process;
    readonly HttpClient http;
    readonly List<string> log = [];

    ServerProcess(Process process, Uri admin)
    {
        this.process = process;
        http = new HttpClient { BaseAddress = admin };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.Add(line.Data ?? "");
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Its HTTP door: a Gateway's own, or a silo's admin port.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>Processor time that it has used, in seconds.</summary>
    public double ProcessorSeconds
    {
        get
        {
            // The name in the second field may hold anything; behind its ')' the 12th and 13th field are user and system time.
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    /// <summary>Starts a Gateway.</summary>
    /// <param name="core">Its core; null: any.</param>
    /// <param name="settings">Settings below <c>Mplug</c>, as <c>Store=/data</c>.</param>
    public static ServerProcess Gateway(int? core, params IEnumerable<string> settings)
    {
        var port = FreePort();
        return Start("Gateway", core, port, [.. settings, $"Gateway:Url=http://127.0.0.1:{port}"]);
    }

    /// <summary>Starts a Silo.</summary>
    public static ServerProcess Silo(int? core, params IEnumerable<string> settings)
    {
        var port = FreePort();
        return Start("Silo", core, port, [.. settings, $"Cluster:AdminPort={port}"]);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until it answers; others may join it then.</summary>
    public Task Live() => Until("livez");

    /// <summary>Waits until it can be used.</summary>
    public Task Ready() => Until("readyz");

    /// <summary>Seconds that its device has computed; 0 without a device.</summary>
    public async Task<double> DeviceSeconds()
    {
        var metrics = await http.GetStringAsync("metrics");
        return metrics.Split('\n').Where(line => line.StartsWith("mplug_device_inference_seconds_sum", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.IndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        http.Dispose();
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    static ServerProcess Start(string program, int? core, int port, IEnumerable<string> settings)
    {
        var start = new ProcessStartInfo(core is null ? "dotnet" : "taskset") { RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        if (core is { } number)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add("dotnet");
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"MplugCluster.{program}.dll"));
        foreach (var setting in settings)
            start.ArgumentList.Add($"--Mplug:{setting}");
        return new ServerProcess(Process.Start(start)!, new Uri($"http://127.0.0.1:{port}"));
    }

    async Task Until(string path)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(path, limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (process.HasExited)
                throw new InvalidOperationException($"It ended with {process.ExitCode}:\n{Log()}");
            await Task.Delay(100, limit.Token);
        }
    }

    string Log()
    {
        lock (log)
            return string.Join('\n', log);
    }
}
