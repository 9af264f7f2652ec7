using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MplugCluster.Gateway.Api;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>Queries and their results.</summary>
public sealed partial class SearchViewTests(Chromium chromium, PageGateway gateway)
{
    const string Query = "a blue star above a red triangle";

    [Fact]
    public async Task Search_ByText_ShowsTheServersOrderBothNumbersAndBothRanks()
    {
        var answer = await gateway.Client.Search(PageGateway.Corpus, new SearchRequest { Text = Query, Top = 24 });
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(Visit.Samples);
        await Expect(visit.Page.GetByText($"{SamplePictures.Count} pictures in “{PageGateway.Corpus}”")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Text to search for").FillAsync(Query);
        await visit.Page.Keyboard.PressAsync("Enter");

        var cards = visit.Page.Locator("button.card");
        await Expect(cards.Locator(".rank").First).ToBeVisibleAsync();
        await Expect(cards).ToHaveCountAsync(24);
        Assert.Equal(answer.Results.Select(result => result.Id), await cards.Locator(".name").AllTextContentsAsync());
        Assert.Equal(
            answer.Results.Select(result => result.ItcSimilarity.ToString("F3", CultureInfo.InvariantCulture)),
            await cards.Locator(".itc .meter-text").AllTextContentsAsync());
        var moved = await cards.Locator(".moved [aria-hidden]").AllTextContentsAsync();
        Assert.Equal(
            answer.Results.Where(result => result.ItmLogit is not null).Select(result => result.RankItc - result.Rank),
            moved.Select(text => text == "=" ? 0 : int.Parse(Digits().Match(text).Value, CultureInfo.InvariantCulture) * (text.StartsWith('↑') ? 1 : -1)));
        await Expect(cards.First).ToHaveAccessibleNameAsync(new Regex(@"^Place 1 place \d+ before reranking .*\.(png|jpg) ITM .* ITC"));
        await Expect(visit.Page.Locator(".movement [data-at]")).ToHaveCountAsync(24);
        await Expect(visit.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("24 results");
        await visit.Screenshot("search");
    }

    [Fact]
    public async Task Search_WithoutRerank_OrdersBySimilarity()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Search(Query);
        await visit.Page.GetByRole(AriaRole.Switch, new() { Name = "Rerank" }).ClickAsync();

        await Expect(visit.Page.GetByText("ordered by similarity alone")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".itm")).ToHaveCountAsync(0);
        var similarities = (await visit.Page.Locator(".itc .meter-text").AllTextContentsAsync()).Select(text => float.Parse(text, CultureInfo.InvariantCulture));
        Assert.Equal(similarities.OrderDescending(), similarities);
    }

    [Fact]
    public async Task Search_ByPicture_FindsTheSamePictureFirst()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(Visit.Samples);
        await Expect(visit.Page.Locator("button.card").First).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Picture to search by").SetInputFilesAsync(SamplePictures.All[3]);

        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".card .name").First).ToHaveTextAsync(Path.GetFileName(SamplePictures.All[3]));
        await Expect(visit.Page.Locator(".chip img")).ToBeVisibleAsync();
        await visit.Screenshot("search-by-picture");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the picture" }).ClickAsync();
        await Expect(visit.Page.GetByLabel("Text to search for")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Search_PictureIsDropped_IsTheQuery()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(Visit.Samples);
        await Expect(visit.Page.Locator("button.card").First).ToBeVisibleAsync();
        var bytes = Convert.ToBase64String(await File.ReadAllBytesAsync(SamplePictures.All[5]));
        await visit.Page.EvaluateAsync(
            """
            base64 => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], 'dropped.png', { type: 'image/png' }));
              for (const kind of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }
            """,
            bytes);

        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".card .name").First).ToHaveTextAsync(Path.GetFileName(SamplePictures.All[5]));
    }

    [Fact]
    public async Task Search_Filter_IsSentAndAWrongOneIsExplained()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Search(Query, "&filter=" + Uri.EscapeDataString("""{"year": 2003}"""));
        await Expect(visit.Page.Locator("button.card")).ToHaveCountAsync(SamplePictures.Count / 20);

        await visit.Page.GetByLabel("Filter").FillAsync("year = 2003");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search", Exact = true }).ClickAsync();
        var message = await visit.Page.GetByLabel("Filter").EvaluateAsync<string>("input => input.validationMessage");
        Assert.Contains("A filter is a JSON object", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corpora_OfFolders_AfterTheOthersAndUnderTheirFoldersName()
    {
        string[] folders = ["folder-0123456789abcdef01234567", "folder-holidays-0123456789abcdef01234567", "folder-my-pets-0123456789abcdef01234567", "folder-my-pets-fedcba9876543210fedcba98"];
        foreach (var name in folders)
            await gateway.Client.CreateCorpus(new CorpusCreation(name));
        await gateway.Client.Upsert(folders[1], new ItemBatch(
            [new ItemInput("beach/one.png", PictureInput.OfData(await File.ReadAllBytesAsync(SamplePictures.All[0])), null, "size=1234 mtime=638000000000000000")]));
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/search");
        var (page, picker) = (visit.Page, visit.Page.GetByLabel("Corpus"));
        await Expect(page.Locator("button.card").First).ToBeVisibleAsync();

        await Expect(picker).Not.ToHaveValueAsync(new Regex("^folder-"));
        Assert.Equal(
            ["folder 012345 (empty)", "holidays (1 picture)", "my-pets 0123 (empty)", "my-pets fedc (empty)"],
            await picker.Locator("optgroup option").AllTextContentsAsync());
        Assert.EndsWith("my-pets fedc (empty)", (await picker.Locator("option").AllTextContentsAsync())[^1], StringComparison.Ordinal);
        await picker.SelectOptionAsync(folders[1]);
        await Expect(page.GetByText("1 picture in “holidays”")).ToBeVisibleAsync();
        await page.Locator("button.card").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByText("holidays/beach/one.png")).ToBeVisibleAsync();
        await Expect(page.GetByText("mtime")).ToHaveCountAsync(0);
        await visit.Leave();
        foreach (var name in folders)
            await gateway.Client.DeleteCorpus(name);
    }

    [Fact]
    public async Task Search_NoCorpus_ShowsTheIndexLine()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Page.RouteAsync("**/v1/corpora", route => route.FulfillAsync(new() { Json = new { data = Array.Empty<object>(), faults = Array.Empty<object>() } }));
        await visit.Go(Visit.Samples);

        await Expect(visit.Page.GetByText($"mplug index ~/Pictures --corpus pictures --server {gateway.Address.GetLeftPart(UriPartial.Authority)}")).ToBeVisibleAsync();
        await visit.Screenshot("search-empty");
    }

    [Fact]
    public async Task Search_ServerRefuses_SaysWhyAndTriesAgain()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("503");
        await visit.Page.RouteAsync(
            "**/search",
            route => route.FulfillAsync(new() { Status = 503, Json = new { type = "urn:mplug:unavailable", title = "No device can do the work", status = 503, detail = "Nobody is there." } }),
            new() { Times = 1 });
        await visit.Go($"#/search?corpus={PageGateway.Corpus}&text=x");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No device can do the work");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nobody is there.");
        await visit.Screenshot("search-error");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
