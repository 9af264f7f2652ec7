using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Page.Tests.Gateways;

/// <summary>A Gateway with the model that ships and a corpus of the sample pictures, behind a real loopback port, for all tests of this project.</summary>
public sealed class PageGateway : IAsyncLifetime
{
    public const string Token = "0123456789abcdef";

    /// <summary>A key that may only look and search.</summary>
    public const string ReadKey = "read-0123456789abcdef";

    /// <summary>The sample pictures, with a year as metadata.</summary>
    public const string Corpus = "scenes";

    readonly TemporaryFolder store = new();
    WebApplication host = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>The typed client, with the token.</summary>
    public MplugClient Client { get; private set; } = null!;

    /// <summary>A plain client, with the token.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>A folder that the Gateway may ingest from.</summary>
    public string SourceRoot { get; } = Directory.CreateTempSubdirectory("mplug-source-").FullName;

    /// <summary>Directory of its store.</summary>
    public string StorePath => store.Path;

    public async ValueTask InitializeAsync()
    {
        var options = new MplugOptions
        {
            Model = Repository.Scenes,
            Store = store.Path,
            Sources = new SourceOptions { Roots = SourceRoot },
            Device = new DeviceOptions { IntraOpThreads = 1 },
            Cluster = new ClusterOptions { Dashboard = true },
        };
        host = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0", Token = Token, Keys = new KeyOptions { Read = ReadKey } }, LogLevel.Error);
        await host.StartAsync();
        Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new MplugClient(Address, Token);
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
        await Client.CreateCorpus(new CorpusCreation(Corpus));
        await Client.Upsert(Corpus, new ItemBatch([.. SamplePictures.All.Select((path, i) => new ItemInput(
            Path.GetFileName(path), PictureInput.OfData(File.ReadAllBytes(path)), null, null, SamplePictures.Year(i)))]));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
        store.Dispose();
        Directory.Delete(SourceRoot, recursive: true);
    }
}
