using System.Net;
using Microsoft.Extensions.Logging;
using MplugCluster.ExternalClient;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>Other programs beside a Gateway's process: the sample that knows only the contracts, and an mplug on the same store.</summary>
public sealed class GatewayNeighbourTests
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

    [Fact]
    public async Task Gateway_HasItsStore_AnEmbeddedClusterAttachesAndASecondGatewayDoesNotStart()
    {
        using var store = new TemporaryFolder();
        var http = ServerProcess.FreePort();
        string[] settings = [$"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1", "Gateway:Keys:Admin=0123456789abcdef"];
        using var gateway = ServerProcess.Start("Gateway", [.. settings, $"Gateway:Url=http://127.0.0.1:{http}"]);
        using var door = new MplugClient(new Uri($"http://127.0.0.1:{http}"), "0123456789abcdef");
        await gateway.Until(async () => (await door.Model()).Id == "mplug");

        await using var attached = await EmbeddedCluster.Open(
            new MplugOptions { Model = Repository.Scenes, Store = store.Path }, LogLevel.Error, default);
        using var second = ServerProcess.Start("Gateway", [.. settings, $"Gateway:Url=http://127.0.0.1:{ServerProcess.FreePort()}"]);
        await second.Exited;

        Assert.True(attached.IsAttached);
        await attached.Client.CreateCorpus(new CorpusCreation("c"));
        Assert.NotNull(await door.FindCorpus("c"));
        Assert.Contains($"Another cluster has the store '{store.Path}'", second.Log);
    }
}
