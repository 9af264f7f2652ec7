using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Http;

public sealed class FullServerTests
{
    [Fact]
    public async Task Post_WhileAnotherFillsTheServer_429WithATimeAndLookingStaysPossible()
    {
        using var store = new TemporaryFolder();
        await using var host = GatewayHost.Build(
            new MplugOptions { Model = Repository.Scenes, Store = store.Path, Device = new DeviceOptions { IntraOpThreads = 1 } },
            new GatewayOptions { Url = "http://127.0.0.1:0", MaxRequests = 1 },
            LogLevel.Error);
        await host.StartAsync();
        var address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var http = new HttpClient { BaseAddress = address };
        const string Body = "{\"input\":\"x\"}";
        Task<HttpResponseMessage> Ask() => http.PostAsync("/v1/embeddings", new StringContent(Body, Encoding.UTF8, "application/json"));

        // One whose body comes in two parts stands in the door between them.
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, address.Port);
        await Send(slow, $"POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body[..4]}");
        using var refused = await Until(Ask, HttpStatusCode.TooManyRequests);
        var problem = (await refused.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!;

        Assert.Equal(("urn:mplug:overloaded", "1"), (problem.Type, refused.Headers.GetValues("Retry-After").Single()));
        Assert.Contains("works on 1 requests already", problem.Detail);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/models")).StatusCode);
        await Send(slow, Body[4..]);
        Assert.Equal(HttpStatusCode.OK, (await Until(Ask, HttpStatusCode.OK)).StatusCode);
        await host.StopAsync();
    }

    static async Task Send(TcpClient client, string text) => await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    static async Task<HttpResponseMessage> Until(Func<Task<HttpResponseMessage>> ask, HttpStatusCode wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var response = await ask();
            if (response.StatusCode == wanted)
                return response;
            response.Dispose();
        }
    }
}
