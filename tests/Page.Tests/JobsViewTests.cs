using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>Jobs from the form to the results.</summary>
public sealed class JobsViewTests(Chromium chromium, PageGateway gateway)
{
    /// <summary>Longest time that a part of a job takes on busy cores, in milliseconds.</summary>
    const float PartMs = 180_000;

    /// <summary>Keeps, in the page, what its event streams say, and lets it pass.</summary>
    const string Hear =
        """
        window.heard = '';
        const real = window.fetch;
        window.fetch = async (path, options) => {
          const response = await real(path, options);
          if (!String(path).endsWith('/events') || !response.ok) return response;
          const [own, copy] = response.body.tee();
          copy.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (text) => { window.heard += text; } })).catch(() => {});
          return new Response(own, response);
        };
        """;

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
        await visit.Leave();
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
    public async Task Job_IsRunning_ItsEventsMoveThePageUntilItIsCancelled()
    {
        await using var running = await LongJob.Start(gateway);
        await using var visit = await Visit.Begin(chromium, gateway);
        var page = visit.Page;
        await page.AddInitScriptAsync(Hear);

        // The list is answered once: from then on nothing but the events says how far the job is.
        var lists = 0;
        await page.RouteAsync("**/v1/jobs?*", route => lists++ == 0 ? route.ContinueAsync() : Task.CompletedTask);
        await visit.Go("#/jobs");

        var job = page.Locator($".job[data-id='{running.Id}']");
        await Expect(job).ToHaveAttributeAsync("data-status", "running");
        await Expect(job).ToContainTextAsync(new Regex(@"Rate\s*[\d.,]+ /s"));
        await Expect(job).ToContainTextAsync(new Regex(@"Left\s*[\d.,]+ (s|min|h|days)"));
        await Expect(job).ToContainTextAsync("Bottleneck");
        await job.GetByText("Stages, results, errors").ClickAsync();
        var stages = job.Locator(".stages");
        await Expect(stages).ToContainTextAsync("candidates");
        await visit.Screenshot("jobs-running");
        await Moves(stages);
        await Moves(stages);

        await job.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(job).ToHaveAttributeAsync("data-status", "paused");
        await running.Until(now => now.Status == "paused");
        await job.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(job).ToHaveAttributeAsync("data-status", "running");
        await Moves(stages);

        await job.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }).ClickAsync();
        await Expect(job).ToHaveAttributeAsync("data-status", "cancelled");
        await Expect(job.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeVisibleAsync();
        var heard = await Heard(page, "event: end");
        Assert.InRange(Regex.Count(heard, "^event: progress", RegexOptions.Multiline), 3, int.MaxValue);
        Assert.Contains("\"status\":\"cancelled\"", heard, StringComparison.Ordinal);
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

    /// <summary>Waits until the events have brought something new.</summary>
    static async Task Moves(ILocator stages) =>
        await Expect(stages).Not.ToHaveTextAsync((await stages.TextContentAsync())!, new() { Timeout = PartMs });

    /// <summary>What the events said, once a word is among it.</summary>
    static async Task<string> Heard(IPage page, string word)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (await page.EvaluateAsync<string>("window.heard") is var heard && heard.Contains(word, StringComparison.Ordinal))
                return heard;
            await Task.Delay(50, limit.Token);
        }
    }
}
