using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MplugCluster.Grains.Interfaces.Corpora;
using Orleans.Configuration;

namespace MplugCluster.ExternalClient;

/// <summary>
/// A program outside the cluster that speaks to its grains directly, knowing nothing but the contracts. For a service that is Orleans itself;
/// everybody else is better off with the HTTP API, whose door notices a dead silo sooner.
/// </summary>
public sealed class CorpusClient : IAsyncDisposable
{
    readonly IHost host;

    CorpusClient(IHost host) => this.host = host;

    IClusterClient Cluster => host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects to a silo whose <c>Mplug:Cluster:ClientPort</c> is open.</summary>
    /// <param name="silo">Its address and client port.</param>
    /// <param name="clusterId">The cluster's <c>Mplug:Cluster:Id</c>.</param>
    public static async Task<CorpusClient> Connect(IPEndPoint silo, string clusterId = "mplug")
    {
        var host = new HostBuilder().UseOrleansClient(client =>
        {
            client.UseStaticClustering(silo);
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (clusterId, clusterId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.CancelRequestOnTimeout = true);
        }).Build();
        await host.StartAsync();
        return new CorpusClient(host);
    }

    /// <summary>A corpus as it is now; null if there is none.</summary>
    public async Task<CorpusDescription?> Describe(string corpus) => (await Cluster.GetGrain<ICorpusGrain>(corpus).Describe()).Corpus;

    /// <summary>Adds texts to a corpus; what became of each.</summary>
    public async Task<ItemOutcome[]> AddTexts(string corpus, IReadOnlyDictionary<string, string> texts)
    {
        var reply = await Cluster.GetGrain<ICorpusGrain>(corpus).Upsert(
            [.. texts.Select(text => new CorpusItem(text.Key, ItemKind.Text, null, text.Value))], budgetMs: 60_000);
        return reply.Corpus.Status == CorpusStatus.Ok ? reply.Items : throw new InvalidOperationException(reply.Corpus.Message);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
