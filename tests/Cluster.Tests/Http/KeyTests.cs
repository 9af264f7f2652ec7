using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>A door with keys of every right: who may what.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    readonly TemporaryFolder store = new();
    WebApplication host = null!;
    Uri address = null!;

    public async ValueTask InitializeAsync()
    {
        host = GatewayHost.Build(
            new MplugOptions { Model = Repository.Scenes, Store = store.Path, Device = new DeviceOptions { IntraOpThreads = 1 } },
            new GatewayOptions { Url = "http://127.0.0.1:0", Keys = new KeyOptions { Read = "reader", Write = "writer", Admin = "admin" } },
            LogLevel.Error);
        await host.StartAsync();
        address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        store.Dispose();
    }

    [Fact]
    public async Task Requests_OfEveryRight_AllowedOrTheRightProblem()
    {
        (string Method, string Path, string Body, string Least)[] requests =
        [
            ("GET", "/v1/models", "", "reader"),
            ("POST", "/v1/embeddings", "{\"input\":\"x\"}", "reader"),
            ("GET", "/metrics", "", "reader"),
            ("POST", "/v1/corpora", "{\"name\":\"keys\"}", "writer"),
            ("GET", "/v1/cache", "", "admin"),
            ("POST", "/v1/cache/clear", "{\"features\":true}", "admin"),
            ("DELETE", "/v1/corpora/keys", "", "admin"),
            ("DELETE", "/V1/Corpora/keys", "", "admin"),
        ];
        string[] keys = ["", "wrong", "reader", "writer", "admin"];

        foreach (var (method, path, body, least) in requests)
        {
            foreach (var key in keys)
            {
                using var response = await Send(method, path, body, key);
                if (key is "" or "wrong")
                    await AssertProblem(response, 401, "unauthorized", "Authorization: Bearer");
                else if (Array.IndexOf(keys, key) < Array.IndexOf(keys, least))
                    await AssertProblem(response, 403, "forbidden", $"this needs '{(least == "writer" ? "write" : "admin")}'");
                else
                    Assert.True(response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden), $"{key}: {method} {path}");
            }
        }
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/healthz")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/")]
    public async Task PublicPaths_WithoutAKey_Answered(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await Send("GET", path, "", "")).StatusCode);

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/nothing")]
    [InlineData("/livez/x")]
    [InlineData("//v1/models")]
    public async Task UnknownPaths_WithoutAKey_NotEvenThatTheyAreUnknown(string path) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send("GET", path, "", "")).StatusCode);

    async Task<HttpResponseMessage> Send(string method, string path, string body, string key)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{address.ToString().TrimEnd('/')}{path}");
        if (body.Length > 0)
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        if (key.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request);
    }

    static async Task AssertProblem(HttpResponseMessage response, int status, string type, string detail)
    {
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, $"urn:mplug:{type}"), ((int)response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Contains(detail, problem.GetProperty("detail").GetString());
    }
}
