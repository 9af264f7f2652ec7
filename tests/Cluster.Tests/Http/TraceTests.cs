using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Traces go to a collector that the settings name.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Request_WithACollectorNamed_ItsTraceArrives()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync();
        using var store = new TemporaryFolder();

        await using (var host = GatewayHost.Build([
            $"--Mplug:Model={Repository.Scenes}", $"--Mplug:Store={store.Path}", "--Mplug:Device:IntraOpThreads=1", "--Mplug:Gateway:Url=http://127.0.0.1:0",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={Address(collector)}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"]))
        {
            await host.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(Address(host)) };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/corpora")).StatusCode);
            await host.StopAsync();
        }

        // What is left is sent when the host goes.
        Assert.Contains(received, message => message.Path == "/v1/traces" && message.Body.Contains("/v1/corpora", StringComparison.Ordinal)
            && message.Body.Contains("mplugcluster", StringComparison.Ordinal));
    }

    static string Address(WebApplication host) => host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
