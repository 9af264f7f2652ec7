using Microsoft.Playwright;
using MplugCluster.Gateway.Api;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>Addresses of what is not there, servers that go and come, and what is left behind by a step back.</summary>
public sealed class WrongTurnTests(Chromium chromium, PageGateway gateway)
{
    [Fact]
    public async Task Search_CorpusThatIsNotThere_SaysSoAndAsksNoOther()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/search?corpus=gone&text=x");

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no corpus “gone”");
        await Expect(visit.Page.Locator(".card")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Search_FilterOfTheAddressIsBroken_IsExplainedAndForgottenByTheNextAddress()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go($"{Visit.Samples}&text=x&filter=year");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("“year” is none. A filter is a JSON object");

        await visit.Go($"{Visit.Samples}&text=x");
        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("Filter")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Search_BackToTheBeginning_EmptiesTheField()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(Visit.Samples);
        await Expect(visit.Page.GetByText("The first 18 are shown.")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Text to search for").FillAsync("a red circle");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
        await visit.Page.GoBackAsync();

        await Expect(visit.Page.Locator(".card .rank")).ToHaveCountAsync(0);
        await Expect(visit.Page.GetByLabel("Text to search for")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Search_OfAnEmptyCorpus_ShowsHowToFillIt()
    {
        await gateway.Client.CreateCorpus(new CorpusCreation("nothing-yet"));
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/search?corpus=nothing-yet&text=x");

        await Expect(visit.Page.GetByText("“nothing-yet” is empty")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Mplug__Gateway__Token")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("No item fits the filter")).ToHaveCountAsync(0);
        await visit.Leave();
        await gateway.Client.DeleteCorpus("nothing-yet");
    }

    [Fact]
    public async Task Item_OfAnIngest_ShowsNoStateOfItsFile()
    {
        await gateway.Client.CreateCorpus(new CorpusCreation("ingested"));
        await gateway.Client.Upsert("ingested", new ItemBatch(
            [new ItemInput("one.png", PictureInput.OfData(await File.ReadAllBytesAsync(SamplePictures.All[0])), null, "38978-639312477123356575")]));
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/search?corpus=ingested");
        await visit.Page.Locator("button.card").First.ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Dialog).GetByText("SHA-256")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Dialog).GetByText("Source")).ToHaveCountAsync(0);
        await visit.Leave();
        await gateway.Client.DeleteCorpus("ingested");
    }

    [Fact]
    public async Task Picture_OfAnItemBecomesTheQuery_TheFocusGoesToIt()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(Visit.Samples);
        await visit.Page.Locator("button.card").First.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search by this picture" }).ClickAsync();

        await Expect(visit.Page.Locator(".card .rank").First).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Remove the picture" })).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("#/jobs/20200101-000000-00000000", "There is no job 20200101-000000-00000000")]
    [InlineData("#/evaluate/20200101-000000-00000000", "There is no such evaluation")]
    public async Task Job_ThatIsNotThere_IsNotTakenForAnother(string address, string message)
    {
        var job = await gateway.Client.Submit(new JobRequest { Kind = "evaluate", Annotations = SamplePictures.ToEvaluate(2), Resamples = 0 });
        await gateway.Client.WaitForJob(job.Id);
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("404");
        await visit.Go(address);

        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = message })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);
    }

    /// <summary>The list has room for one job only, so that the other one is not on it.</summary>
    [Fact]
    public async Task Job_OlderThanTheList_OpensByItsLinkAndStays()
    {
        var older = await gateway.Client.Submit(new JobRequest { Kind = "evaluate", Annotations = SamplePictures.ToEvaluate(2), Resamples = 0 });
        await gateway.Client.WaitForJob(older.Id);
        var newer = await gateway.Client.Submit(new JobRequest { Kind = "evaluate", Annotations = SamplePictures.ToEvaluate(2), Resamples = 0 });
        await gateway.Client.WaitForJob(newer.Id);
        await using var visit = await Visit.Begin(chromium, gateway);
        var lists = 0;
        await visit.Page.RouteAsync("**/v1/jobs?*", route =>
        {
            lists++;
            return route.ContinueAsync(new() { Url = route.Request.Url.Replace("limit=50", "limit=1", StringComparison.Ordinal) });
        });
        await visit.Go($"#/jobs/{older.Id}");

        var jobs = visit.Page.Locator(".job[data-id]");
        await Expect(jobs).ToHaveCountAsync(2);
        await Expect(jobs.First).ToHaveAttributeAsync("data-id", newer.Id);
        await Expect(jobs.Last).ToHaveAttributeAsync("data-id", older.Id);
        await Expect(jobs.Last.GetByText("Results", new() { Exact = true })).ToBeVisibleAsync();
        await visit.Page.WaitForResponseAsync(response => response.Url.EndsWith($"/v1/jobs/{older.Id}", StringComparison.Ordinal));
        await Expect(jobs).ToHaveCountAsync(2);
        Assert.InRange(lists, 2, int.MaxValue);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show older jobs" }).ClickAsync();
        await Expect(jobs.Nth(1)).ToHaveAttributeAsync("data-id", older.Id);
    }

    [Theory]
    [InlineData("#/jobs", "**/v1/jobs?*", ".jobs .job:not(.skeleton), .jobs .notice:not(.fault-notice)")]
    [InlineData("#/cluster", "**/v1/cluster", ".device")]
    public async Task Server_GoesAndComesBack_IsShownByItself(string address, string request, string shown)
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("ERR_FAILED");
        await visit.Page.RouteAsync(request, route => route.AbortAsync(), new() { Times = 2 });
        await visit.Go(address);
        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The server does not answer" })).ToBeVisibleAsync();

        await Expect(visit.Page.Locator(shown).First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".fault-notice")).ToHaveCountAsync(0);
    }
}
