using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MplugCluster.Cluster.Tests.Servers;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Silo.Hosting;
using ClusterOptions = MplugCluster.Silo.Options.ClusterOptions;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>Processes that find each other through a real Redis, and what happens to them and to it.</summary>
public sealed class RedisClusterTests : IDisposable
{
    readonly TemporaryFolder store = new();
    readonly int http = ServerProcess.FreePort();
    readonly List<ServerProcess> processes = [];
    readonly HttpClient web = new();

    [Fact]
    public async Task Score_SiloKilledRedisRestartedSiloAdded_EveryNumberStillTheReferences()
    {
        using var redis = await RedisServer.Run();
        var (gateway, client) = (Gateway(redis), new MplugClient(Url));
        var (kept, keptAdmin) = Silo(redis, "kept");
        var (lost, lostAdmin) = Silo(redis, "lost");
        await Ready(kept, keptAdmin);
        await Ready(lost, lostAdmin);
        await Ready(gateway, Url);
        var work = new ScoringWork();

        await work.ScoreWhile(client, () =>
        {
            lost.Kill();
            return Task.CompletedTask;
        });

        // Redis goes: the work does not, and the door says what is wrong.
        await work.ScoreWhile(client, () =>
        {
            redis.Stop();
            return Task.CompletedTask;
        });
        await gateway.Until(async () => (await Readiness(Url)).Contains("The membership table cannot be read: Redis does not answer.", StringComparison.Ordinal));
        await work.ScoreWhile(client, redis.Start);
        await Ready(gateway, Url);
        await Ready(kept, keptAdmin);

        var (added, addedAdmin) = Silo(redis, "added");
        await Ready(added, addedAdmin);
        await added.Until(async () =>
        {
            await work.Score(client);
            return (await web.GetStringAsync(new Uri(addedAdmin, "metrics"))).Contains("mplug_device_batch_size_count{", StringComparison.Ordinal);
        });
        Assert.False(kept.HasExited, kept.Log);
        client.Dispose();
    }

    [Fact]
    public async Task FlushAll_ClusterRuns_SilosEndAndStartedAgainFindTheirStore()
    {
        using var redis = await RedisServer.Run();
        using var client = new MplugClient(Url);
        var gateway = Gateway(redis);
        var (silo, admin) = Silo(redis, "a");
        await Ready(silo, admin);
        await Ready(gateway, Url);
        await client.CreateCorpus(new CorpusCreation("c"));
        await client.Upsert("c", new ItemBatch([new ItemInput("1", Text: "a red star"), new ItemInput("2", Text: "a blue circle")]));

        await redis.FlushAll();
        await Task.WhenAll(gateway.Exited, silo.Exited);

        Assert.Equal((1, 1), (gateway.ExitCode, silo.ExitCode));
        Assert.Contains("The membership table has lost silo a: Redis was emptied. The silo ends; started again, it finds its store.", silo.Log);
        Assert.Contains("The membership table has lost silo door", gateway.Log);
        (silo, admin) = Silo(redis, "a");
        gateway = Gateway(redis);
        await Ready(silo, admin);
        await Ready(gateway, Url);
        Assert.Equal("1", (await client.Search("c", new SearchRequest { Text = "a star that is red" })).Results[0].Id);
    }

    [Fact]
    public async Task Start_RedisLosesTheFirstAnswer_TheTableIsBegunAgain()
    {
        using var redis = await RedisServer.Run();
        using var proxy = new LossyProxy(redis.Port);
        using var host = Host.CreateDefaultBuilder()
            .UseOrleans(silo => silo.UseCluster(new ClusterOptions { Redis = $"127.0.0.1:{proxy.Port}" }))
            .ConfigureServices(services => services.AddSingleton(TimeProvider.System))
            .Build();
        var table = host.Services.GetRequiredService<IMembershipTable>();

        proxy.LoseAnswerTo("HSETNX");
        await table.InitializeMembershipTableAsync(true, CancellationToken.None);

        Assert.Equal(1, proxy.Lost);
        Assert.Empty((await table.ReadAllAsync(CancellationToken.None)).Members);
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Gateway")]
    public async Task Start_RedisDoesNotAnswer_OneLineAndExitCodeOne(string program)
    {
        var nobody = ServerProcess.FreePort();
        var process = Start(program, $"Cluster:Redis=127.0.0.1:{nobody},password=secret");
        await process.Exited;

        Assert.Equal(1, process.ExitCode);
        Assert.Equal($"Redis at 127.0.0.1:{nobody} (Mplug:Cluster:Redis) has not answered for 15 seconds. Start it, or correct the address.", process.Log.Trim());
    }

    [Fact]
    public async Task Start_RedisWantsAPassword_SaysSo()
    {
        using var redis = await RedisServer.Run(appendOnly: false, "--requirepass", "secret");

        var process = Start("Silo", $"Cluster:Redis={redis.Address},password=wrong");
        await process.Exited;

        Assert.Equal((1, $"Redis at {redis.Address} (Mplug:Cluster:Redis) does not take the user and password."), (process.ExitCode, process.Log.Trim()));
    }

    [Fact]
    public async Task Start_AddressIsNotThisMachines_OneLineAndExitCodeOne()
    {
        // An address kept for documentation (RFC 5737): nobody has it.
        var process = Start("Silo", "Cluster:Address=192.0.2.1");
        await process.Exited;

        Assert.Equal((1, "'192.0.2.1' (Mplug:Cluster:Address) is not an address of this machine."), (process.ExitCode, process.Log.Trim()));
    }

    public void Dispose()
    {
        web.Dispose();
        foreach (var process in processes)
            process.Dispose();
        store.Dispose();
    }

    Uri Url => new($"http://127.0.0.1:{http}");

    ServerProcess Gateway(RedisServer redis) =>
        Start("Gateway", "Device:Devices=none", $"Gateway:Url={Url}", "Cluster:SiloName=door", $"Cluster:Redis={redis.Address}");

    (ServerProcess Process, Uri Admin) Silo(RedisServer redis, string name)
    {
        var port = ServerProcess.FreePort();
        var process = Start("Silo", $"Cluster:SiloName={name}", $"Cluster:Redis={redis.Address}", $"Cluster:AdminPort={port}");
        return (process, new Uri($"http://127.0.0.1:{port}"));
    }

    ServerProcess Start(string program, params string[] settings)
    {
        var process = ServerProcess.Start(program, [$"Model={Repository.Scenes}", $"Store={store.Path}", "Device:IntraOpThreads=1", .. settings]);
        processes.Add(process);
        return process;
    }

    Task Ready(ServerProcess process, Uri url) =>
        process.Until(async () => (await web.GetAsync(new Uri(url, "readyz"))).StatusCode == HttpStatusCode.OK);

    async Task<string> Readiness(Uri url) => await (await web.GetAsync(new Uri(url, "readyz"))).Content.ReadAsStringAsync();
}
