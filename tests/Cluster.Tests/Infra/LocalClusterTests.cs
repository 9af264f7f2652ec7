using System.Diagnostics;
using System.Text.RegularExpressions;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cluster.Tests.Infra;

/// <summary>The script <c>infra/local-cluster</c>, really run.</summary>
public sealed class LocalClusterTests : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();

    public LocalClusterTests() => InstalledTool.Path("redis-server");

    [Fact]
    public async Task StartStop_TwoSilos_ScoresAndLeavesNoProcess()
    {
        var started = await Run([], "start", "--silos", "2", "--bin", AppContext.BaseDirectory);

        Assert.Equal((0, ""), (started.ExitCode, started.Error));
        var settings = File.ReadLines(folder.File("cluster.env")).ToDictionary(line => line.Split('=', 2)[0], line => line.Split('=', 2)[1].Trim('"'), StringComparer.Ordinal);
        Assert.Equal(started.Output.Trim(), settings["MPLUG_URL"]);
        var processes = settings["MPLUG_PIDS"].Split(' ').Select(int.Parse).ToArray();
        Assert.Equal(4, processes.Length);
        Assert.All(processes, id => Assert.True(IsRunning(id)));
        Assert.Equal(2, settings["MPLUG_SILOS"].Split(' ').Length);
        using (var client = new MplugClient(new Uri(settings["MPLUG_URL"])))
            Assert.NotNull((await client.Score(new RetrievalRequest { Image = PictureInput.OfData(HttpFixture.Picture(0)), Text = "a red cross" })).ItmLogit);
        Assert.Contains("silo-1 runs", (await Run([], "status")).Output, StringComparison.Ordinal);
        Assert.Contains("runs in", (await Run([], "start")).Error, StringComparison.Ordinal);

        Assert.Equal(0, (await Run([], "stop")).ExitCode);

        Assert.All(processes, id => Assert.False(IsRunning(id)));
        Assert.False(File.Exists(folder.File("cluster.env")));
        Assert.StartsWith("No cluster in", (await Run([], "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SilosDoNotStart_SaysWhyAndLeavesNoProcess()
    {
        var started = await Run(new() { ["Mplug__Cache__MemoryBytes"] = "many" }, "start", "--bin", AppContext.BaseDirectory);

        Assert.Equal(1, started.ExitCode);
        Assert.Contains("silo-0 ended at once.", started.Error, StringComparison.Ordinal);
        Assert.Contains("Mplug:Cache:MemoryBytes: 'many' is not a whole number that fits.", started.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("pids")));
        var redis = Regex.Match(await File.ReadAllTextAsync(folder.File("logs/redis.log")), @"pid=(\d+)");
        Assert.False(IsRunning(int.Parse(redis.Groups[1].Value)));
    }

    [Theory]
    [InlineData(2, "there is no option '--silo'.", "start", "--silo", "2")]
    [InlineData(2, "--silos none: a number from 1 is needed.", "start", "--silos", "none")]
    [InlineData(2, "there is no command 'begin'.", "begin")]
    [InlineData(2, "--silos needs a value.", "start", "--silos")]
    [InlineData(1, "'/none' is not a model package.", "start", "--model", "/none")]
    public async Task Run_WrongUse_OneLineThatSaysSo(int exitCode, string message, params string[] arguments)
    {
        var run = await Run([], arguments);

        Assert.Equal((exitCode, $"local-cluster: {message}"), (run.ExitCode, run.Error.Trim().Split('\n')[^1]));
    }

    public async ValueTask DisposeAsync()
    {
        await Run([], "stop");
        folder.Dispose();
    }

    async Task<(int ExitCode, string Output, string Error)> Run(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(InstalledTool.Path("bash")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Repository.Path("infra", "local-cluster"), arguments[0], "--dir", folder.Path, .. arguments[1..]])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
