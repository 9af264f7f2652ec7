using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MplugCluster.Cluster.Tests.Http.Fetching;

/// <summary>A server of pictures, good and bad: <c>/picture</c>, <c>/endless</c>, <c>/silent</c>, <c>/to?...</c>.</summary>
sealed class PictureServer : IAsyncDisposable
{
    public static readonly byte[] Picture = [1, 2, 3, 4, 5];

    readonly WebApplication host;

    PictureServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        host = builder.Build();
        host.Run(Answer);
    }

    public int Port { get; private set; }

    /// <summary>Requests: host, path, and the headers that they had.</summary>
    public ConcurrentQueue<(string Target, string[] Headers)> Requests { get; } = new();

    public static async Task<PictureServer> Start()
    {
        var server = new PictureServer();
        await server.host.StartAsync();
        server.Port = new Uri(server.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }

    async Task Answer(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Requests.Enqueue(($"{request.Host}{request.Path}", [.. request.Headers.Keys.Order()]));
        switch (request.Path.Value)
        {
            case "/picture":
                await response.Body.WriteAsync(Picture);
                break;
            case "/long":
                response.ContentLength = 1_000_000_000;
                await response.Body.WriteAsync(Picture);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case "/endless":
                while (!context.RequestAborted.IsCancellationRequested)
                    await response.Body.WriteAsync(new byte[1000], context.RequestAborted);
                break;
            case "/silent":
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case "/cut":
                response.ContentLength = 100;
                await response.Body.WriteAsync(Picture);
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case "/to":
                response.Redirect(request.QueryString.Value![1..]);
                break;
            case "/again":
                response.Redirect("/again");
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }
}
