using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Storage;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Health;

namespace MplugCluster.Cluster.Tests.Health;

/// <summary>When a silo calls itself ready.</summary>
public sealed class SiloHealthTests
{
    [Fact]
    public async Task Ready_DeviceAnsweredAndStoreTookAWrite_NoFaults()
    {
        await using var cluster = await TestCluster.Start(1, _ => true, new FakeModel().On);

        await Until(cluster, faults => faults.Count == 0);
    }

    [Fact]
    public async Task Ready_StoreThatTakesNoWrite_NotAndSaysWhy()
    {
        await using var cluster = await TestCluster.Start(1, _ => true, new FakeModel().On, store => new FaultyObjectStore(store)
        {
            OnCall = call => call is { Operation: StoreOperation.Write, IsDone: false } && call.Path.StartsWith("health/", StringComparison.Ordinal)
                ? throw new StoreException("the disk is full")
                : Task.CompletedTask,
        });

        await Until(cluster, faults => faults.SequenceEqual(["the disk is full"]));
    }

    [Fact]
    public async Task Ready_DeviceWhoseCanaryFails_NotAndSaysWhy()
    {
        var model = new FakeModel();
        await using var cluster = await TestCluster.Start(1, _ => true, silo =>
        {
            var served = model.On(silo);
            return served with
            {
                StartEngine = device =>
                {
                    var engine = (FakeEngine)served.StartEngine(device);
                    engine.Fault = new InvalidOperationException("the device is lost");
                    return engine;
                },
            };
        });

        await Until(cluster, faults => faults.Any(fault => fault.Contains("the device is lost", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Live_OnlyDeviceIsLost_NotAndSaysWhy()
    {
        var model = new FakeModel();
        await using var cluster = await TestCluster.Start(1, _ => true, model.On);
        var silo = cluster.Cluster.Silos[0].Name;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(cluster.Get<SiloHealth>(silo));
        await using var door = builder.Build();
        door.MapHealth();
        await door.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(door.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/livez")).StatusCode);

        model.Engines[silo].Fault = new InvalidOperationException("CUDA failure 700: an illegal memory access was encountered ; GPU=0");
        await cluster.Get<DeviceSessions>(silo).All.Single().EncodeTexts([[1]], Deadline.In(60_000), default);

        var answer = await http.GetAsync("/livez");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("is lost until this process restarts: CUDA failure 700: ", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz")).StatusCode);
    }

    static async Task Until(TestCluster cluster, Func<IReadOnlyList<string>, bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var healths = cluster.Cluster.Silos.Select(silo => cluster.Get<SiloHealth>(silo.Name)).ToArray();
        while (!healths.Any(health => isSo(health.Faults)))
            await Task.Delay(20, limit.Token);
    }
}
