using MplugCluster.Gateway.Client;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>Real processes and a real kill -9: the one thing that a cluster inside one process cannot show.</summary>
public sealed class KilledSiloTests
{
    [Fact]
    public async Task Score_SiloKilledMidWork_EveryNumberStillTheReferences()
    {
        using var store = new TemporaryFolder();
        var (http, primary) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        string[] common = [$"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1"];
        using var gateway = ServerProcess.Start(
            "Gateway", [.. common, "Device:Devices=none", $"Gateway:Url=http://127.0.0.1:{http}", "Cluster:SiloName=door", $"Cluster:SiloPort={primary}"]);
        using var client = new MplugClient(new Uri($"http://127.0.0.1:{http}"));
        await gateway.Until(async () => (await client.Model()).Id == "mplug");
        using var kept = ServerProcess.Start("Silo", [.. common, "Cluster:SiloName=kept", $"Cluster:Primary=127.0.0.1:{primary}"]);
        using var lost = ServerProcess.Start("Silo", [.. common, "Cluster:SiloName=lost", $"Cluster:Primary=127.0.0.1:{primary}"]);
        using var probe = new HttpClient { BaseAddress = client.Address };
        await gateway.Until(async () => (await probe.GetAsync("readyz")).IsSuccessStatusCode);

        await new ScoringWork().ScoreWhile(client, () =>
        {
            lost.Kill();
            return Task.CompletedTask;
        });

        Assert.False(kept.HasExited, kept.Log);
    }
}
