using System.Text.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>Real processes and a real kill -9: the one thing that a cluster inside one process cannot show.</summary>
public sealed class KilledSiloTests
{
    const int Pictures = 24;
    const double LogitTolerance = 2e-4;

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

        var expected = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "itm_logits.npy"));
        using var annotations = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")));
        var texts = annotations.RootElement.EnumerateArray().SelectMany(entry => entry.GetProperty("caption").EnumerateArray())
            .Take(200).Select(caption => caption.GetString()!).ToArray();
        var request = new RetrievalRequest
        {
            Image = Enumerable.Range(0, Pictures).Select(i => PictureInput.OfData(HttpFixture.Picture(i))).ToArray(),
            Text = texts,
            BudgetMs = 100_000,
        };

        // Rounds go on until the silo's end has fallen into one of them.
        var killed = false;
        for (var round = 0; round < 4; round++)
        {
            var scoring = client.Score(request);
            if (round == 1)
            {
                lost.Kill();
                killed = !scoring.IsCompleted;
            }

            foreach (var pair in (await scoring).Data!)
                Assert.Equal(expected.Data[pair.Image * expected.Shape[1] + pair.Text], pair.ItmLogit!.Value, LogitTolerance);
        }

        Assert.True(killed);
        Assert.False(kept.HasExited, kept.Log);
    }
}
