using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using MplugCluster.Gateway.Dashboard;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using MplugCluster.Silo.Options;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>Orleans' own dashboard: off unless asked for, and then behind the key.</summary>
public sealed class DashboardTests(Chromium chromium, PageGateway gateway)
{
    [Fact]
    public async Task Dashboard_FromTheClusterView_OpensWithoutTheKeyInTheAddress()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/cluster");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Orleans dashboard" }).ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
        Assert.Equal("/dashboard/", new Uri(visit.Page.Url).AbsolutePath);
        var cookie = (await visit.Page.Context.CookiesAsync()).Single();
        Assert.True(cookie is { HttpOnly: true, SameSite: SameSiteAttribute.Strict, Path: "/dashboard" });
        Assert.DoesNotContain(PageGateway.Token, cookie.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/dashboard/")]
    [InlineData("GET", "/dashboard/DashboardCounters")]
    [InlineData("GET", "/dashboard/GrainState?grainId=a&grainType=b")]
    [InlineData("POST", "/dashboard/session")]
    public async Task Dashboard_WithoutKeyOrWithAGuessedCookie_IsRefused(string method, string path)
    {
        using var stranger = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Cookie", $"{DashboardDoor.Cookie}={new string('0', 64)}");
        using var answer = await stranger.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Cookie_OfTheDashboard_OpensNothingElse()
    {
        using var opened = await gateway.Http.PostAsync("/dashboard/session", null);
        var cookie = opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var stranger = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = gateway.Address };
        foreach (var (method, path, status) in new[]
        {
            (HttpMethod.Get, "/dashboard/", HttpStatusCode.OK),
            (HttpMethod.Get, "/v1/jobs", HttpStatusCode.Unauthorized),
            (HttpMethod.Get, "/dashboards", HttpStatusCode.Unauthorized),
            (HttpMethod.Post, "/dashboard/session", HttpStatusCode.Unauthorized),
            (HttpMethod.Post, "/dashboard/session/", HttpStatusCode.Unauthorized),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Cookie", cookie);
            using var answer = await stranger.SendAsync(request);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Dashboard_NotAskedFor_IsNotThere()
    {
        using var store = new TemporaryFolder();
        var options = new MplugOptions { Model = Repository.Scenes, Store = store.Path, Device = new DeviceOptions { Devices = "none" } };
        await using var host = GatewayHost.Build(options, new GatewayOptions { Url = "http://127.0.0.1:0" }, LogLevel.Error);
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/dashboard/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/dashboard/session", null)).StatusCode);
        await host.StopAsync();
    }

    [Fact]
    public void Sessions_AfterTheirTimeOrTooMany_Go()
    {
        var time = new FakeTimeProvider();
        var sessions = new DashboardSessions(time);
        var first = sessions.Open("Bearer a");
        Assert.Equal("Bearer a", sessions.AuthorizationOf(first));
        Assert.Null(sessions.AuthorizationOf("another"));

        time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 256; i++)
            sessions.Open("Bearer b");
        Assert.Null(sessions.AuthorizationOf(first));

        var last = sessions.Open("Bearer c");
        time.Advance(DashboardSessions.Lifetime);
        Assert.Null(sessions.AuthorizationOf(last));
    }
}
