using System.Text.Json;
using Microsoft.Playwright;
using MplugCluster.Gateway.Api;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>How many of the browser's six connections the page spends on events that go on.</summary>
public sealed class EventStreamTests(Chromium chromium, PageGateway gateway)
{
    /// <summary>Keeps, in the page, which event requests are open and how many were at most: none of them is ever answered here.</summary>
    const string Count =
        """
        window.openEvents = [];
        window.mostEvents = 0;
        const real = window.fetch;
        window.fetch = (path, options) => {
          const job = /\/v1\/jobs\/(.*)\/events/.exec(path)?.[1];
          if (job && !options.signal.aborted) {
            window.openEvents.push(job);
            window.mostEvents = Math.max(window.mostEvents, window.openEvents.length);
            options.signal.addEventListener('abort', () => window.openEvents.splice(window.openEvents.indexOf(job), 1));
          }
          return real(path, options);
        };
        """;

    static readonly string[] Ids = ["f", "e", "d", "c", "b", "a"];

    [Fact]
    public async Task Jobs_SixRun_TwoStreamsAndTheNextRequestIsAnswered()
    {
        await using var visit = await Begin();
        var paused = new HashSet<string>();
        var page = visit.Page;
        await page.RouteAsync("**/v1/jobs?*", route => route.FulfillAsync(new() { Json = List([.. Ids.Select(id => Job(id, paused.Contains(id)))]) }));
        foreach (var id in Ids)
        {
            await page.RouteAsync($"**/v1/jobs/{id}/pause", route =>
            {
                paused.Add(id);
                return route.FulfillAsync(new() { Json = JsonOf(Job(id, isPaused: true)) });
            });
        }

        await visit.Go("#/jobs");
        await Expect(page.Locator(".job[data-status=running]")).ToHaveCountAsync(6);
        await Until(page, "f e");

        Assert.Equal(200, await page.EvaluateAsync<int>("fetch('/').then(answer => answer.status)"));
        foreach (var (id, next) in new[] { ("f", "e d"), ("d", "e c"), ("e", "c b") })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = $"Pause job {id}", Exact = true }).ClickAsync();
            await Until(page, next);
        }

        Assert.Equal(2, await page.EvaluateAsync<int>("window.mostEvents"));
    }

    [Fact]
    public async Task Jobs_TabIsHidden_NoStreamUntilItIsSeenAgain()
    {
        await using var visit = await Begin();
        var page = visit.Page;
        await page.RouteAsync("**/v1/jobs?*", route => route.FulfillAsync(new() { Json = List([.. Ids.Select(id => Job(id))]) }));
        await visit.Go("#/jobs");
        await Until(page, "f e");

        await Hide(page, true);
        await Until(page, "");
        await Hide(page, false);
        await Until(page, "f e");
        await page.EvaluateAsync("location.hash = '#/cluster'");
        await Until(page, "");
    }

    [Fact]
    public async Task Evaluation_PausedAndResumed_OneStreamAtMost()
    {
        await using var visit = await Begin();
        var page = visit.Page;
        await page.RouteAsync("**/v1/jobs?*", route => route.FulfillAsync(new() { Json = List(Job("a")) }));
        await page.RouteAsync("**/v1/jobs/a", route => route.FulfillAsync(new() { Json = JsonOf(Job("a")) }));
        await page.RouteAsync("**/v1/jobs/a/pause", route => route.FulfillAsync(new() { Json = JsonOf(Job("a", isPaused: true)) }));
        await page.RouteAsync("**/v1/jobs/a/resume", route => route.FulfillAsync(new() { Json = JsonOf(Job("a")) }));
        await visit.Go("#/evaluate/a");
        await Until(page, "a");

        for (var i = 0; i < 3; i++)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Pause job a" }).ClickAsync();
            await Until(page, "");
            await page.GetByRole(AriaRole.Button, new() { Name = "Resume job a" }).ClickAsync();
            await Until(page, "a");
        }

        Assert.Equal(1, await page.EvaluateAsync<int>("window.mostEvents"));
        await Hide(page, true);
        await Until(page, "");
    }

    async Task<Visit> Begin()
    {
        var visit = await Visit.Begin(chromium, gateway);
        await visit.Page.AddInitScriptAsync(Count);
        await visit.Page.RouteAsync("**/v1/jobs/*/events", _ => { }); // silent for ever
        return visit;
    }

    static Task Hide(IPage page, bool isHidden) => page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", isHidden);

    /// <summary>Waits until the streams that are open are those of these jobs.</summary>
    static async Task Until(IPage page, string jobs)
    {
        const int limit = 1200; // a minute or more
        var open = await Open();
        for (var i = 0; i < limit && open != jobs; i++)
        {
            await Task.Delay(50);
            open = await Open();
        }

        Assert.Equal(jobs, open);

        Task<string> Open() => page.EvaluateAsync<string>("window.openEvents.join(' ')");
    }

    static JobInfo Job(string id, bool isPaused = false) => new(
        id, "evaluate", isPaused ? "paused" : "running", null, "scenes", new DateTimeOffset(2026, 1, 1, 0, id[0] - 'a', 0, TimeSpan.Zero), null, 8000, 0, 16, 6, 0.38, 12.5, 396, "encode",
        [new JobStageInfo("pairs", 200, 640)],
        new JobTimes(1000, 4000, 90_000, 800, 60_000, 700),
        new FeatureCounts(5000, 1000, 400));

    static object List(params JobInfo[] jobs) => new { data = jobs.Select(JsonOf).ToArray(), faults = Array.Empty<object>(), next_cursor = (string?)null };

    static JsonElement JsonOf(JobInfo job) => JsonSerializer.SerializeToElement(job, ApiJson.Options);
}
