using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>A Gateway with the model that ships, behind a real loopback port.</summary>
public sealed class HttpFixture : IAsyncLifetime
{
    public const string Token = "0123456789abcdef";
    public const int MaxPictureBytes = 200_000;

    readonly TemporaryFolder store = new();
    WebApplication host = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Its services.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>Directory of its store.</summary>
    public string StorePath => store.Path;

    /// <summary>The typed client, with the token.</summary>
    public MplugClient Client { get; private set; } = null!;

    /// <summary>A plain client, with the token.</summary>
    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new MplugOptions
        {
            Model = Repository.Scenes,
            Store = store.Path,
            Pictures = new PictureOptions { MaxBytes = MaxPictureBytes },
            Sources = new SourceOptions { Roots = Path.GetFullPath("/data") },
            Device = new DeviceOptions { IntraOpThreads = 1 },
        };
        host = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0", Token = Token }, LogLevel.Error);
        await host.StartAsync();
        Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new MplugClient(Address, Token);
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
        store.Dispose();
    }

    /// <summary>Sends JSON text as it is.</summary>
    public Task<HttpResponseMessage> Post(string path, string json, string contentType = "application/json") =>
        Http.PostAsync(path, new StringContent(json, Encoding.UTF8, contentType));

    /// <summary>Bytes of a sample picture.</summary>
    public static byte[] Picture(int number) => File.ReadAllBytes(PathOf(number));

    /// <summary>Path of a sample picture.</summary>
    public static string PathOf(int number) => Directory.GetFiles(Repository.Pictures, $"scene{number:0000}.*").Single();
}
