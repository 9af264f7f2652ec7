using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Silo.Options;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>A Gateway in this process, and one pair that it scores again and again: through the grains, and through its HTTP door.</summary>
sealed class PairDoor : IAsyncDisposable
{
    const int BudgetMs = 60_000;

    readonly WebApplication host;
    readonly DeviceCalls calls;
    readonly string fingerprint;
    readonly PictureTexts[] groups;
    readonly int[][] tokenIds;
    readonly RetrievalRequest request;
    readonly MplugClient client;

    PairDoor(WebApplication host, string hash, string text)
    {
        this.host = host;
        var model = host.Services.GetRequiredService<SiloModel>();
        (calls, fingerprint) = (host.Services.GetRequiredService<DeviceCalls>(), model.Fingerprint);
        groups = [new PictureTexts(new PictureReference($"blobs/{hash[..2]}/{hash}", hash), [0])];
        tokenIds = [model.Tokenize(text, model.Convention)];
        request = new RetrievalRequest { Image = PictureInput.OfBlob(hash), Text = text };
        client = new MplugClient(new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    /// <summary>The text as the model gets it.</summary>
    public int[] TokenIds => tokenIds[0];

    /// <summary>Starts it; the pair is not scored yet.</summary>
    public static async Task<PairDoor> Open(MplugOptions options, byte[] picture, string text)
    {
        var host = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0" }, LogLevel.Error);
        await host.StartAsync();
        var door = new PairDoor(host, MadeInput.Hash(picture), text);
        await door.client.PutBlob(MadeInput.Hash(picture), picture);
        return door;
    }

    /// <summary>Through the grain of the picture's device; the ITM logit.</summary>
    public async Task<float> ThroughGrain()
    {
        var scored = await calls.ScorePairs(fingerprint, applyOrientation: true, groups, tokenIds, Deadline.In(BudgetMs), default);
        return scored.ItmLogits[0][0]?.Match ?? throw new InvalidOperationException($"The pair was not scored: {scored.Reply} {scored.Errors[0]}");
    }

    /// <summary>Through <c>POST /v1/image-text-retrieval</c>, on a connection that stays open; the ITM logit.</summary>
    public async Task<float> ThroughHttp() => (await client.Score(request)).ItmLogit!.Value;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
    }
}
