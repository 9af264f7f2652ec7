using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Tests;

/// <summary>A server that answers what a test has set, and keeps what it was asked.</summary>
sealed class FakeServer : IAsyncDisposable
{
    readonly WebApplication host;

    FakeServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        host = builder.Build();
        host.Run(Answer);
    }

    /// <summary>Answers by method and path; a list is given one by one, its last for ever.</summary>
    public ConcurrentDictionary<string, object[]> Answers { get; } = new();

    /// <summary>Bodies by method and path, in order.</summary>
    public ConcurrentQueue<(string Request, string Body)> Requests { get; } = new();

    /// <summary>Whether the results that it answers are all there.</summary>
    public bool IsComplete { get; set; } = true;

    public string Address { get; private set; } = "";

    public static async Task<FakeServer> Start()
    {
        var server = new FakeServer();
        await server.host.StartAsync();
        server.Address = server.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    /// <summary>A job as the server shows it.</summary>
    public static JobInfo Job(string status, long? items = 3, long failed = 0, string kind = "rank", string? message = null) => new(
        "job-1", kind, status, message, "c", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), null, items, failed, 2, status == "done" ? 2 : 1,
        status == "done" ? 1 : 0.257, 12.5, status == "done" ? null : 90, "itm", [new JobStageInfo("candidates", 2, 2), new JobStageInfo("pairs", 1, 8)],
        new JobTimes(0, 0, 1, 0, 2, 0), new FeatureCounts(0, 0, 4));

    /// <summary>Sets an answer: an object as JSON, a string as it is, a problem with its status.</summary>
    public void On(string request, params object[] answers) => Answers[request] = answers;

    public Task<CommandRun> Run(params string[] args) => CommandRun.Of([.. args, "--server", Address]);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    async Task Answer(HttpContext context)
    {
        var request = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        using var body = new StreamReader(context.Request.Body);
        Requests.Enqueue((request, await body.ReadToEndAsync()));
        object answer = Answers.TryGetValue(request, out var answers)
            ? answers[Math.Min(answers.Length, Requests.Count(asked => asked.Request == request)) - 1]
            : new Problem("urn:mplug:not-found", "There is nothing here", 404, $"There is nothing at '{request}'.");
        context.Response.StatusCode = answer is Problem problem ? problem.Status : 200;
        if (answer is string text)
        {
            context.Response.Headers["x-mplug-complete"] = IsComplete ? "true" : "false";
            await context.Response.WriteAsync(text);
        }
        else
        {
            await context.Response.WriteAsJsonAsync(answer, answer.GetType(), ApiJson.Options);
        }
    }
}
