using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>The endpoints of jobs alone, over fake jobs and a real store.</summary>
sealed class JobDoor : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    readonly WebApplication host;

    JobDoor()
    {
        Store = new DirectoryObjectStore(folder.Path);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.Configure<JsonOptions>(json => ApiJson.Apply(json.SerializerOptions));
        builder.Services.AddSingleton(Jobs.Factory);
        builder.Services.AddSingleton(new JobRegistry(Store, Jobs.Factory, 8));
        host = builder.Build();
        host.UseMiddleware<ProblemMiddleware>();
        host.UseRouting();
        host.MapGroup("/v1").MapJobs().MapJobResults().MapJobEvents();
    }

    public FakeJobs Jobs { get; } = new();

    public IObjectStore Store { get; }

    public MplugClient Client { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public static async Task<JobDoor> Open()
    {
        var door = new JobDoor();
        await door.host.StartAsync();
        var address = new Uri(door.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        (door.Client, door.Http) = (new MplugClient(address), new HttpClient { BaseAddress = address });
        return door;
    }

    /// <summary>Puts an object into the store.</summary>
    public Task Write(string path, string content) => Store.Write(path, Encoding.UTF8.GetBytes(content), WriteCondition.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await host.DisposeAsync();
        folder.Dispose();
    }
}
