using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cli.Tests;

/// <summary>Several processes on one store: one has it, the others use that one.</summary>
public sealed class EmbeddedClusterTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_StoreInUse_AttachesAndGoesOnAloneWhenTheOtherEnds()
    {
        var first = await Open();
        await using var second = await Open();
        Assert.Equal((false, true), (first.IsAttached, second.IsAttached));
        await second.Client.CreateCorpus(new CorpusCreation("c"));
        Assert.NotNull(await first.Client.FindCorpus("c"));

        await first.DisposeAsync();

        Assert.NotNull(await second.Client.FindCorpus("c"));
        Assert.False(second.IsAttached);
        await using var third = await Open();
        Assert.True(third.IsAttached);
        Assert.NotNull(await third.Client.FindCorpus("c"));
    }

    [Fact]
    public async Task Open_ManyAtOnce_OneOwnerAndAllWork()
    {
        var clusters = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(Open)));

        Assert.Single(clusters, cluster => !cluster.IsAttached);
        await Task.WhenAll(clusters.Select(cluster => cluster.Client.Embed(new EmbeddingRequest { Input = new EmbeddingInput("a star", null) })));
        foreach (var cluster in clusters.OrderBy(cluster => !cluster.IsAttached))
            await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Open_DoorLeftByAKilledProcess_TakenOver()
    {
        Directory.CreateDirectory(folder.File(".cluster"));
        await File.WriteAllTextAsync(folder.File(".cluster/door.json"), """{"Url":"http://127.0.0.1:9","Token":"x","ProcessId":1}""");
        await File.WriteAllTextAsync(folder.File(".cluster/lock"), "");

        await using var cluster = await Open();

        Assert.False(cluster.IsAttached);
        Assert.NotNull(await cluster.Client.Model());
    }

    [Fact]
    public async Task Open_StoreServesAnotherModel_SaysWhoAndWhat()
    {
        await using var first = await Open();
        PackageBuilder.Random(Repository.Golden("tiny-stride3"), folder.File("other"));

        var failure = await Assert.ThrowsAsync<StoreBusyException>(() => Open(folder.File("other")));

        Assert.Contains($"Process {Environment.ProcessId} has the store", failure.Message);
        Assert.Contains("serves another model", failure.Message);
    }

    [Fact]
    public async Task Open_Door_OnlyForItsUser()
    {
        await using var cluster = await Open();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File(".cluster/door.json")));
        using var http = new HttpClient();
        var door = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(folder.File(".cluster/door.json"))).RootElement;
        Assert.Equal(401, (int)(await http.GetAsync(door.GetProperty("Url").GetString() + "/v1/models")).StatusCode);
    }

    [Fact]
    public async Task Dispose_Owner_DoorGone()
    {
        await (await Open()).DisposeAsync();

        Assert.False(File.Exists(folder.File(".cluster/door.json")));
    }

    [Fact]
    public async Task Rank_ServerAndToken_AsEmbedded()
    {
        await using var cluster = await Open();
        var door = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(folder.File(".cluster/door.json"))).RootElement;
        Directory.CreateDirectory(folder.File("pictures"));
        foreach (var file in Directory.GetFiles(Repository.Pictures).Take(4))
            File.Copy(file, Path.Combine(folder.File("pictures"), Path.GetFileName(file)));
        string[] query = ["rank", folder.File("pictures"), "--text", "a star", "--json", "--server", door.GetProperty("Url").GetString()!];

        var run = await CommandRun.Of([.. query, "--token", door.GetProperty("Token").GetString()!]);
        var refused = await CommandRun.Of([.. query, "--token", "wrong"]);

        Assert.Equal((0, 4), (run.Code, run.Json.GetProperty("pictures").GetInt32()));
        Assert.Equal(1, refused.Code);
        Assert.Contains("does not know the one it got", refused.Error);
    }

    Task<EmbeddedCluster> Open() => Open(Repository.Scenes);

    Task<EmbeddedCluster> Open(string model) => EmbeddedCluster.Open(
        new MplugOptions { Model = model, Store = folder.Path, Device = new DeviceOptions { IntraOpThreads = 1 } }, LogLevel.Error, default);
}
