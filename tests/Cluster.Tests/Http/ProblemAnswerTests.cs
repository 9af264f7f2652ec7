using System.Net.Http.Json;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Every problem there is, as it travels: also those that a healthy server never has.</summary>
public sealed class ProblemAnswerTests
{
    static readonly Dictionary<string, MethodInfo> Makers = typeof(Problems).GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.ReturnType == typeof(ProblemException) && method.GetParameters().All(parameter => parameter.ParameterType.Namespace == "System" || parameter.ParameterType.IsEnum))
        .ToDictionary(method => method.Name);

    [Fact]
    public async Task Problems_EachOfThem_ItsStatusTypeAndMediaType()
    {
        await using var host = await Start(path => throw (Exception)Makers[path].Invoke(null, [.. Makers[path].GetParameters().Select(Value)])!);
        using var http = Client(host);
        var statuses = new HashSet<int>();

        foreach (var name in Makers.Keys)
        {
            using var response = await http.GetAsync($"/{name}");
            var problem = (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!;
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal((problem.Status, ProblemTypes.Statuses[problem.Type[ProblemTypes.Prefix.Length..]]), ((int)response.StatusCode, problem.Status));
            Assert.Equal(problem.Status == 429, response.Headers.RetryAfter is not null);
            statuses.Add(problem.Status);
        }

        Assert.Equal([400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503], statuses.Order());
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(1000, "1")]
    [InlineData(1001, "2")]
    public async Task Overloaded_RetryAfter_InWholeSecondsNeverTooEarly(int ms, string seconds)
    {
        await using var host = await Start(_ => throw Problems.Overloaded("full", ms));
        using var http = Client(host);
        using var response = await http.GetAsync("/");

        Assert.Equal(seconds, response.Headers.GetValues("Retry-After").Single());
        Assert.Equal(Math.Max(100, ms), (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!.RetryAfterMs);
    }

    [Fact]
    public async Task Failures_OfTheClusterAndOfNobody_503And500WithoutDetailsOfTheLatter()
    {
        await using var host = await Start(path => throw path switch
        {
            "timeout" => new TimeoutException("no answer"),
            "store" => new StoreException("the disk is full"),
            _ => new InvalidOperationException("secret"),
        });
        using var http = Client(host);

        Assert.Equal((503, "urn:mplug:unavailable", "no answer"), await Ask("timeout"));
        Assert.Equal((503, "urn:mplug:store-failed", "the disk is full"), await Ask("store"));
        var (status, type, detail) = await Ask("bug");
        Assert.Equal((500, "urn:mplug:internal-error"), (status, type));
        Assert.DoesNotContain("secret", detail);

        async Task<(int, string, string)> Ask(string path)
        {
            using var response = await http.GetAsync($"/{path}");
            var problem = (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!;
            return ((int)response.StatusCode, problem.Type, problem.Detail);
        }
    }

    static object Value(ParameterInfo parameter) => parameter.ParameterType == typeof(string) ? "x" : Activator.CreateInstance(parameter.ParameterType)!;

    static async Task<WebApplication> Start(Func<string, object> handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        host.UseMiddleware<ProblemMiddleware>();
        host.Run(context =>
        {
            handle(context.Request.Path.Value![1..]);
            return Task.CompletedTask;
        });
        await host.StartAsync();
        return host;
    }

    static HttpClient Client(WebApplication host) =>
        new() { BaseAddress = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
}
