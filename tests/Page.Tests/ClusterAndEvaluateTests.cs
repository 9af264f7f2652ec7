using Microsoft.Playwright;
using MplugCluster.Gateway.Api;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>The views of the cluster and of evaluations.</summary>
public sealed class ClusterAndEvaluateTests(Chromium chromium, PageGateway gateway)
{
    [Fact]
    public async Task Cluster_ShowsSilosDevicesAndCaches()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/cluster");
        var page = visit.Page;
        await Expect(page.GetByText("1 silo, 1 device")).ToBeVisibleAsync();
        await Expect(page.Locator(".device")).ToContainTextAsync("ready");
        await Expect(page.Locator(".silo")).ToContainTextAsync("Managed memory");
        await Expect(page.Locator(".silo .tier-bar").First).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^memory .*store .*computed"));
        await Expect(page.Locator(".tile").First).ToContainTextAsync("since start");
        await visit.Screenshot("cluster");
    }

    [Fact]
    public async Task Evaluation_IsDone_ShowsTheTableBothWays()
    {
        var job = await gateway.Client.Submit(new JobRequest { Kind = "evaluate", Annotations = SamplePictures.ToEvaluate(20), Candidates = 20, Resamples = 100 });
        await gateway.Client.WaitForJob(job.Id);
        await using var results = new MemoryStream();
        await gateway.Client.DownloadResults(job.Id, "csv", results);
        var recall = System.Text.Encoding.UTF8.GetString(results.ToArray()).Split('\n').First(line => line.StartsWith("txt,r1,", StringComparison.Ordinal)).Split(',')[2];

        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go($"#/evaluate/{job.Id}");
        var tables = visit.Page.GetByRole(AriaRole.Table);
        await Expect(tables).ToHaveCountAsync(2);
        await Expect(tables.First.GetByRole(AriaRole.Row, new() { Name = "R@1" }).First.GetByRole(AriaRole.Cell).First)
            .ToHaveTextAsync(double.Parse(recall, System.Globalization.CultureInfo.InvariantCulture).ToString("F2", System.Globalization.CultureInfo.InvariantCulture));
        foreach (var name in new[] { "R@5", "R@10", "MRR", "NDCG@10" })
            await Expect(tables.Last.GetByRole(AriaRole.Rowheader, new() { Name = name, Exact = true })).ToBeVisibleAsync();
        await visit.Screenshot("evaluate");
    }

    [Fact]
    public async Task Evaluation_OfFilesHere_UploadsThemAndRuns()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("/events");
        await visit.Go("#/evaluate");
        var page = visit.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "New evaluation" }).ClickAsync();
        var names = SamplePictures.All.Take(4).Select(path => Path.GetFileName(path)).ToArray();
        var annotations = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(names.Select((name, i) => new { image = name, caption = SamplePictures.Captions[i] }));
        await page.GetByLabel("Annotations").SetInputFilesAsync(new FilePayload { Name = "annotations.json", MimeType = "application/json", Buffer = annotations });
        await page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All.Take(3));
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the evaluation" }).ClickAsync();
        await Expect(page.GetByText($"1 picture of the annotations was not chosen, {names[3]} for one.")).ToBeVisibleAsync();

        await page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All.Take(4));
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the evaluation" }).ClickAsync();
        await Expect(page.GetByText("4 pictures, 4 captions")).ToBeVisibleAsync();
    }
}
