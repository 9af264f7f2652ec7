using System.Net;
using MplugCluster.ExternalClient;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>The sample of a program outside the cluster that knows only its contracts.</summary>
public sealed class ExternalClientTests
{
    [Fact]
    public async Task CorpusClient_OpenClientPort_SeesAndChangesWhatTheHttpDoorShows()
    {
        using var store = new TemporaryFolder();
        var (http, clients) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        using var gateway = ServerProcess.Start(
            "Gateway",
            $"Model={Repository.Scenes}",
            $"Store={store.Path}",
            "Device:IntraOpThreads=1",
            $"Gateway:Url=http://127.0.0.1:{http}",
            $"Cluster:ClientPort={clients}");
        using var door = new MplugClient(new Uri($"http://127.0.0.1:{http}"));
        await gateway.Until(async () => (await door.Model()).Id == "mplug");
        await door.CreateCorpus(new CorpusCreation("c"));

        await using var client = await CorpusClient.Connect(new IPEndPoint(IPAddress.Loopback, clients));
        var added = await client.AddTexts("c", new Dictionary<string, string> { ["1"] = "a red star", ["2"] = "a blue circle" });

        Assert.Equal(["added", "added"], added.Select(item => item.Outcome));
        Assert.Equal(2, (await client.Describe("c"))!.Texts);
        Assert.Null(await client.Describe("none"));
        var found = await door.Search("c", new SearchRequest { Text = "a star that is red" });
        Assert.Equal("1", found.Results[0].Id);
    }
}
