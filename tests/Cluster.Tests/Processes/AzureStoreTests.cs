using Microsoft.Extensions.Logging;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>A cluster whose store is a container.</summary>
[Collection(AzuriteServer.Collection)]
public sealed class AzureStoreTests(AzuriteServer azurite)
{
    [Fact]
    public async Task Gateway_ContainerAsStore_KeepsEverythingThereOverARestart()
    {
        var account = azurite.Open();
        var container = new ContainerAddress($"test-{Guid.NewGuid():N}", "cluster/a/");
        var http = ServerProcess.FreePort();
        string[] settings =
        [
            $"Model={Repository.Scenes}", $"Store={container}", $"Azure:ConnectionString={account.ConnectionString}", "Device:IntraOpThreads=1",
            $"Gateway:Url=http://127.0.0.1:{http}",
        ];
        using var door = new MplugClient(new Uri($"http://127.0.0.1:{http}"));
        using (var gateway = ServerProcess.Start("Gateway", settings))
        {
            await gateway.Until(async () => (await door.Model()).Id == "mplug");
            await door.CreateCorpus(new CorpusCreation("c"));
            var added = await door.Upsert("c", new ItemBatch([new ItemInput("0", PictureInput.OfData(HttpFixture.Picture(0))), new ItemInput("t", Text: "a red star")]));
            Assert.Equal(["added", "added"], added.Items.Select(item => item.Outcome));
            gateway.Kill();
        }

        using var again = ServerProcess.Start("Gateway", settings);
        await again.Until(async () => (await door.Model()).Id == "mplug");
        await using var beside = await EmbeddedCluster.Open(
            new MplugOptions { Model = Repository.Scenes, Store = $"{container}", Azure = new AzureOptions { ConnectionString = account.ConnectionString } }, LogLevel.Error, default);

        var found = await door.Search("c", new SearchRequest { Text = "a red cross", Candidates = 1 });
        Assert.Equal(("0", 0), (found.Results[0].Id, found.Features.ImagesEncoded));
        Assert.False(beside.IsAttached);
        Assert.Equal((1, 1), ((await beside.Client.FindCorpus("c"))!.Pictures, (await beside.Client.FindCorpus("c"))!.Texts));
        var store = AzureObjectStore.OpenStore(account, container, createsContainer: false);
        Assert.Contains("corpora/c/manifest.json", await store.List("").Select(info => info.Path).ToArrayAsync());
    }
}
