using Microsoft.Playwright;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>The dialog of one item, by keyboard, and the explanation in it.</summary>
public sealed class DetailsTests(Chromium chromium, PageGateway gateway)
{
    const string Query = "a blue star above a red triangle";

    [Fact]
    public async Task Grid_KeysAlone_MoveOpenTurnAndClose()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Search(Query);
        var (page, cards) = (visit.Page, visit.Page.Locator("button.card"));
        await cards.First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(cards.Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(cards.Last).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowDown");
        var columns = await cards.EvaluateAllAsync<int>("all => all.filter(card => card.getBoundingClientRect().top === all[0].getBoundingClientRect().top).length");
        await Expect(cards.Nth(columns)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("Enter");

        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync((await cards.Locator(".name").First.TextContentAsync())!);
        await Expect(dialog.Locator(".stage img")).ToBeVisibleAsync();
        await Expect(dialog.GetByText("SHA-256")).ToBeVisibleAsync();
        await Expect(dialog.GetByText("year")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(dialog.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync((await cards.Locator(".name").Nth(1).TextContentAsync())!);
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(cards.First).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Explanation_OfAWord_IsDrawnOverThePicture()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Page.RouteAsync("**/v1/explain", route => route.FulfillAsync(new() { Json = Explanation() }));
        await visit.Search(Query);
        await visit.Page.Locator("button.card").First.ClickAsync();
        var canvas = visit.Page.Locator("canvas.heat");
        await Expect(canvas).ToHaveAttributeAsync("data-word", "all words");
        await Expect(visit.Page.Locator(".stage img")).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Radio, new() { Name = "star" }).ClickAsync();
        await Expect(canvas).ToHaveAttributeAsync("aria-label", "Attention of star over the picture: most at the bottom right");
        Assert.True(await canvas.EvaluateAsync<bool>("canvas => { const { data } = canvas.getContext('2d').getImageData(0, 0, 8, 8); return data.at(-1) > data[3]; }"));
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(canvas).ToHaveAttributeAsync("data-word", "blue");
        await Expect(visit.Page.GetByRole(AriaRole.Radio, new() { Name = "[CLS]" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Explanation_OfTheServedModel_EveryWordAndEveryLayer()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Search(Query);
        await visit.Page.Locator("button.card").First.ClickAsync();
        var canvas = visit.Page.Locator("canvas.heat");
        await Expect(canvas).ToHaveAttributeAsync("data-word", "all words");
        await Expect(visit.Page.Locator(".stage img")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Radio)).ToHaveTextAsync(["all words", .. Query.Split(' ')]);

        await visit.Page.GetByRole(AriaRole.Radio, new() { Name = "triangle" }).ClickAsync();
        await Expect(canvas).ToHaveAttributeAsync("data-word", "triangle");
        await visit.Screenshot("details");
        var before = await Picture(canvas);
        await visit.Page.GetByLabel("Layer of the fusion encoder").SelectOptionAsync("0");
        await Expect(canvas).ToHaveAttributeAsync("data-word", "triangle");
        await visit.Page.WaitForFunctionAsync("before => document.querySelector('canvas.heat').toDataURL() !== before", before);
    }

    static Task<string> Picture(ILocator canvas) => canvas.EvaluateAsync<string>("canvas => canvas.toDataURL()");

    [Fact]
    public async Task Explanation_ServerHasNone_SaysSo()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("404");
        await visit.Page.RouteAsync("**/v1/explain", route => route.FulfillAsync(new() { Status = 404, Json = new { type = "urn:mplug:not-found", title = "There is nothing here", status = 404, detail = "" } }));
        await visit.Search(Query);
        await visit.Page.Locator("button.card").First.ClickAsync();

        await Expect(visit.Page.GetByText("Explanations are not available on this server.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Details_SearchByThisPicture_Does()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(Visit.Samples);
        await visit.Page.Locator("button.card").Nth(2).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search by this picture" }).ClickAsync();

        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".card .name").First).ToHaveTextAsync(Path.GetFileName(SamplePictures.All[2]));
    }

    /// <summary>The answer of the explanation endpoint: the last words look at the lower right.</summary>
    static object Explanation()
    {
        string[] words = ["[CLS]", "a", "blue", "star", "above", "a", "red", "tri", "##angle", "[SEP]"];
        return new
        {
            layer = 3,
            layers = 6,
            grid = new[] { 8, 8 },
            itm_logit = 0.4,
            itm_probability = 0.73,
            tokens = words.Select((word, i) => new
            {
                token = word,
                attention = Enumerable.Range(0, 64).Select(patch => (word == "star" ? patch : Math.Abs(Math.Sin(patch + i))) / 2016.0),
            }),
        };
    }
}
