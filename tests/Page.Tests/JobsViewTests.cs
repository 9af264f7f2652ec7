using Microsoft.Playwright;
using MplugCluster.Gateway.Api;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>Jobs from the form to the results.</summary>
public sealed class JobsViewTests(Chromium chromium, PageGateway gateway)
{
    [Fact]
    public async Task RankJob_StartedHere_RunsToItsEndAndItsResultsAreSaved()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("/events"); // a server without events answers 404, and the page asks the list instead
        await visit.Go("#/jobs");
        var page = visit.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Rank queries" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Queries" }).FillAsync(string.Join('\n', SamplePictures.Captions));
        await page.GetByRole(AriaRole.Button, new() { Name = "Estimate" }).ClickAsync();
        await Expect(page.GetByText("pairs of")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the job" }).ClickAsync();

        var job = page.Locator(".job[data-id]").First;
        await Expect(job).ToContainTextAsync($"{SamplePictures.Count} queries"); // until now the first may be another test's
        await Expect(job).ToHaveAttributeAsync("data-status", "done");
        await Expect(job.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "100");
        await job.GetByText("Stages, results, errors").ClickAsync();
        await visit.Screenshot("jobs");
        foreach (var (format, begin) in new[] { ("jsonl", "{\"query\""), ("csv", "query,"), ("parquet", "PAR1"), ("trec", "1 Q0 ") })
        {
            var download = await page.RunAndWaitForDownloadAsync(() => job.GetByRole(AriaRole.Button, new() { Name = $"Download the results as {format}" }).ClickAsync());
            Assert.StartsWith(begin, await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        }

        var id = await job.GetAttributeAsync("data-id");
        await job.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete the job" }).ClickAsync();
        await Expect(page.Locator($".job[data-id='{id}']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Ingest_StartedHere_FillsACorpusAndShowsWhatFailed()
    {
        var folder = Directory.CreateDirectory(Path.Combine(gateway.SourceRoot, "page")).FullName;
        File.Copy(SamplePictures.All[0], Path.Combine(folder, "good.png"), overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.jpg"), "no picture");
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("/events");
        await visit.Go("#/jobs/new-ingest");
        var page = visit.Page;
        await page.GetByLabel("Corpus").FillAsync("from-page");
        await page.GetByLabel("Source", new() { Exact = true }).FillAsync($"folder:{folder}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByText("2 pictures and 0 texts would be read")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the job" }).ClickAsync();

        var job = page.GetByRole(AriaRole.Article).Filter(new() { HasText = "of from-page" });
        await Expect(job).ToHaveAttributeAsync("data-status", "done");
        await job.GetByText("Stages, results, errors").ClickAsync();
        await Expect(job.GetByText("1 item failed")).ToBeVisibleAsync();
        await Expect(job.Locator(".job-errors")).ToContainTextAsync("bad.jpg");
        await gateway.Client.DeleteCorpus("from-page");
    }

    [Fact]
    public async Task Form_ServerRefuses_ShowsItsReason()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("422");
        await visit.Go("#/jobs/new-ingest");
        await visit.Page.GetByLabel("Source", new() { Exact = true }).FillAsync("folder:/etc");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Start the job" }).ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "/etc" })).ToBeVisibleAsync();
        await visit.Screenshot("jobs-form");
    }

    [Fact]
    public async Task Job_IsRunning_ShowsRateAndTimeLeftPausesAndFollowsEvents()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        var now = Running;
        await visit.Page.RouteAsync("**/v1/jobs?*", route => route.FulfillAsync(new() { Json = ListOf(now) }));
        await visit.Page.RouteAsync("**/v1/jobs/made/events", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream",
            Body = $"id: 1\nevent: progress\ndata: {Json(Running with { Fraction = 0.41 })}\n\n",
        }));
        await visit.Page.RouteAsync("**/v1/jobs/made/pause", route =>
        {
            now = Running with { Status = "paused" };
            return route.FulfillAsync(new() { Json = JsonOf(now) });
        });
        await visit.Go("#/jobs");

        var job = visit.Page.Locator(".job[data-id=made]");
        await Expect(job).ToContainTextAsync("12.5 /s");
        await Expect(job).ToContainTextAsync("7 min");
        await Expect(job).ToContainTextAsync("encode");
        await visit.Screenshot("jobs-running");
        await job.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(job).ToHaveAttributeAsync("data-status", "paused");
        await Expect(job.GetByRole(AriaRole.Button, new() { Name = "Resume" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Job_ThatCannotBeRead_IsShownOnceHoweverOftenTheListIsAsked()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        var asked = 0;
        await visit.Page.RouteAsync("**/v1/jobs?*", route =>
        {
            asked++;
            return route.FulfillAsync(new() { Json = new { data = Array.Empty<object>(), faults = new[] { new { id = "broken", message = $"Asked {asked} times." } }, next_cursor = (string?)null } });
        });
        await visit.Go("#/jobs");
        await Expect(visit.Page.GetByText("Asked 2 times.")).ToBeVisibleAsync();

        await Expect(visit.Page.Locator(".job")).ToHaveCountAsync(1);
    }

    static JobInfo Running => new(
        "made", "rank", "running", null, "scenes", DateTimeOffset.UtcNow.AddMinutes(-5), null, 8000, 2, 16, 6, 0.38, 12.5, 396, "encode",
        [new JobStageInfo("candidates", 40, 64), new JobStageInfo("pairs", 200, 640), new JobStageInfo("merge", 6, 16)],
        new JobTimes(1000, 4000, 90_000, 800, 60_000, 700),
        new FeatureCounts(5000, 1000, 400));

    static object ListOf(JobInfo job) => new { data = new[] { JsonOf(job) }, faults = Array.Empty<object>(), next_cursor = (string?)null };

    static System.Text.Json.JsonElement JsonOf(JobInfo job) => System.Text.Json.JsonSerializer.SerializeToElement(job, ApiJson.Options);

    static string Json(JobInfo job) => System.Text.Json.JsonSerializer.Serialize(job, ApiJson.Options);
}
