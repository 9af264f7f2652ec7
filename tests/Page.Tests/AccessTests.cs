using Microsoft.Playwright;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>The access key, and what everybody must be able to do: see, read, and use the page without a mouse.</summary>
public sealed class AccessTests(Chromium chromium, PageGateway gateway)
{
    const string Light = "rgb(241, 242, 242)", Dark = "rgb(14, 16, 18)";

    [Fact]
    public async Task Key_IsMissing_IsAskedForUntilItIsRight()
    {
        await using var visit = await Visit.Begin(chromium, gateway, hasKey: false);
        visit.Expect("401");
        await visit.Go(Visit.Samples);
        var page = visit.Page;
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync("not-the-key");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The server does not take this key.")).ToBeVisibleAsync();
        await visit.Screenshot("key", isLoading: true);
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync(PageGateway.Token);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".card img").First).ToBeVisibleAsync();
        Assert.Equal(PageGateway.Token, await page.EvaluateAsync<string>("sessionStorage.getItem('mplug-key')"));
        Assert.DoesNotContain(PageGateway.Token, page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_IsRefusedToBeGiven_SaysWhatToDo()
    {
        await using var visit = await Visit.Begin(chromium, gateway, hasKey: false);
        visit.Expect("401");
        await visit.Go("#/jobs");
        await Expect(visit.Page.GetByLabel("Key", new() { Exact = true })).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("An access key is needed");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Enter a key" }).ClickAsync();
        await visit.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(PageGateway.Token);
        await visit.Page.Keyboard.PressAsync("Enter");

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Theme_FollowsTheSystemUntilChosen()
    {
        await using var visit = await Visit.Begin(chromium, gateway, isDark: true);
        await visit.Search("a red circle");
        var button = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Dark colours" });
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(visit.Page.Locator("html")).ToHaveCSSAsync("background-color", Dark);
        await visit.Screenshot("search-dark");

        await button.ClickAsync();
        await Expect(visit.Page.Locator("html")).ToHaveCSSAsync("background-color", Light);
        await visit.Page.ReloadAsync();
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(visit.Page.Locator("html")).ToHaveCSSAsync("background-color", Light);
    }

    [Theory]
    [InlineData("#/search?corpus=scenes&text=a%20red%20circle", "search-phone")]
    [InlineData("#/jobs/new-rank", "jobs-phone")]
    [InlineData("#/cluster", "cluster-phone")]
    [InlineData("#/evaluate", "evaluate-phone")]
    [InlineData("#/add", "add-phone")]
    public async Task Phone_EveryView_FitsTheWidth(string hash, string name)
    {
        await using var visit = await Visit.Begin(chromium, gateway, isPhone: true);
        await visit.Go(hash);
        await Expect(visit.Page.Locator("#view > *").First).ToBeAttachedAsync();
        await visit.Screenshot(name);

        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Theory]
    [InlineData("#/search?corpus=scenes&text=a%20red%20circle", ".card .rank", false)]
    [InlineData("#/search?corpus=scenes&text=a%20red%20circle", ".card .rank", true)]
    [InlineData("#/jobs/new-rank", "form.panel", false)]
    [InlineData("#/jobs/new-ingest", "form.panel", true)]
    [InlineData("#/cluster", ".device", false)]
    [InlineData("#/cluster", ".device", true)]
    [InlineData("#/evaluate", "#view .view-head", false)]
    [InlineData("#/add", "form.panel", false)]
    [InlineData("#/add", "form.panel", true)]
    public async Task Axe_EveryView_FindsNothing(string hash, string ready, bool isDark)
    {
        await using var visit = await Visit.Begin(chromium, gateway, isDark);
        await visit.Go(hash);
        await Expect(visit.Page.Locator(ready).First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);

        Assert.Empty(await Axe.Look(visit.Page));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Axe_PicturesThatWereAdded_FindsNothing(bool isDark)
    {
        await using var visit = await Visit.Begin(chromium, gateway, isDark);
        await visit.Go("#/add?corpus=axe");
        FilePayload[] files =
        [
            new() { Name = "good.png", MimeType = "image/png", Buffer = await File.ReadAllBytesAsync(SamplePictures.All[0]) },
            new() { Name = "broken.png", MimeType = "image/png", Buffer = [1, 2, 3] },
        ];
        await visit.Page.GetByLabel("Picture files").SetInputFilesAsync(files);
        await Expect(visit.Page.Locator(".chosen")).ToContainTextAsync("2 pictures");
        Assert.Empty(await Axe.Look(visit.Page));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 2 pictures" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Search “axe”" })).ToBeVisibleAsync();

        Assert.Empty(await Axe.Look(visit.Page));
        await visit.Leave();
        await gateway.Client.DeleteCorpus("axe");
    }

    [Fact]
    public async Task Axe_TheDialog_FindsNothing()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("404");
        await visit.Search("a red circle");
        await visit.Page.Locator("button.card").First.ClickAsync();
        await Expect(visit.Page.Locator(".stage img")).ToBeVisibleAsync();

        Assert.Empty(await Axe.Look(visit.Page));
    }
}
