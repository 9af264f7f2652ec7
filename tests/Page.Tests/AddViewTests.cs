using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>Pictures of the reader's machine, from the choice to the search.</summary>
public sealed class AddViewTests(Chromium chromium, PageGateway gateway)
{
    const string Items = "**/items";

    [Fact]
    public async Task Files_Chosen_FillACorpusAreFoundAndTheBrokenOneIsListed()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        var page = visit.Page;
        await Choose(visit, "added", [.. SamplePictures.All.Take(30).Select(Payload), Payload("broken.jpg", "no picture"), Payload("notes.txt", "x")]);
        await Expect(page.Locator(".chosen")).ToContainTextAsync("1 other file passed over");
        await Expect(page.Locator(".preview img")).ToHaveCountAsync(11);
        await visit.Screenshot("add-form");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 31 pictures" }).ClickAsync();

        await Ends(visit, "30 of 31 pictures are in “added”", "done");
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuetext", "31 of 31 pictures");
        var failed = page.GetByRole(AriaRole.List, new() { Name = "Pictures that failed" });
        await Expect(failed.GetByRole(AriaRole.Listitem)).ToHaveTextAsync([new Regex("^broken.jpg not a picture in a known format")]);
        await visit.Screenshot("add");
        Assert.Equal(SamplePictures.All.Take(30).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal), await Ids("added"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Search “added”" }).ClickAsync();
        await Expect(page.GetByText("30 pictures in “added”")).ToBeVisibleAsync();
        await page.GetByLabel("Picture to search by").SetInputFilesAsync(SamplePictures.All[7]);
        await Expect(page.Locator(".card .rank").First).ToBeVisibleAsync();
        await Expect(page.Locator(".card .name").First).ToHaveTextAsync(Path.GetFileName(SamplePictures.All[7]));
        await visit.Leave();
        await gateway.Client.DeleteCorpus("added");
    }

    [Fact]
    public async Task Folder_ChosenTwice_IdsAreThePathsAndTheSecondTimeNothingIsNew()
    {
        using var folder = new TemporaryFolder();
        FillTree(folder);
        await using var visit = await Visit.Begin(chromium, gateway);
        var page = visit.Page;
        foreach (var figure in new[] { "New", "There before" })
        {
            await visit.Go("#/add?corpus=tree");
            await page.GetByLabel("Folder of pictures").SetInputFilesAsync(folder.File("pets"));
            await Expect(page.Locator(".chosen")).ToContainTextAsync("2 other files passed over");
            await page.GetByRole(AriaRole.Button, new() { Name = "Add 2 pictures" }).ClickAsync();
            await Ends(visit, "2 pictures are in “tree”", "done");
            await Expect(page.Locator(".figures div").First).ToHaveTextAsync($"{figure}2");
            await page.GetByRole(AriaRole.Button, new() { Name = "Add more" }).ClickAsync();
        }

        Assert.Equal(["pets/cats/two.png", "pets/one.png"], await Ids("tree"));
        await visit.Leave();
        await gateway.Client.DeleteCorpus("tree");
    }

    [Theory]
    [InlineData("#/jobs", "pictures")]
    [InlineData("#/add?corpus=dropped", "dropped")]
    public async Task Folder_Dropped_IsChosenWithAllThatIsInIt(string view, string corpus)
    {
        using var folder = new TemporaryFolder();
        FillTree(folder);
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go(view);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        var browser = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        foreach (var kind in new[] { "dragEnter", "dragOver", "drop" })
        {
            await browser.SendAsync("Input.dispatchDragEvent", new Dictionary<string, object>
            {
                ["type"] = kind,
                ["x"] = 400,
                ["y"] = 300,
                ["data"] = new { items = Array.Empty<object>(), files = new[] { folder.File("pets"), SamplePictures.All[3] }, dragOperationsMask = 1 },
            });
        }

        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 3 pictures" })).ToBeFocusedAsync();
        await Expect(visit.Page.Locator(".chosen")).ToContainTextAsync("2 other files passed over");
        await Expect(visit.Page.GetByLabel("Corpus")).ToHaveValueAsync(corpus);
    }

    [Fact]
    public async Task Pictures_TooLarge_AreTheirOwnErrorsAndStopNoOther()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, megabytes) in new[] { ("large.png", 33), ("huge.png", 48) })
        {
            await using var file = File.Create(folder.File(name));
            file.SetLength(megabytes * 1024 * 1024);
        }

        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/add?corpus=sizes");
        await visit.Page.GetByLabel("Picture files").SetInputFilesAsync([SamplePictures.All[0], folder.File("large.png"), folder.File("huge.png"), SamplePictures.All[1]]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 4 pictures" }).ClickAsync();

        await Ends(visit, "2 of 4 pictures are in “sizes”", "done");
        var failed = visit.Page.GetByRole(AriaRole.List, new() { Name = "Pictures that failed" });
        await Expect(failed).ToContainTextAsync("large.png 34603008 bytes, more than the limit of 33554432");
        await Expect(failed).ToContainTextAsync("huge.png It has 50.3 MB; no request may hold more than 49.3 MB.");
        await visit.Leave();
        await gateway.Client.DeleteCorpus("sizes");
    }

    [Fact]
    public async Task Request_TooLargeForAProxy_IsSentPictureByPicture()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("413");
        await visit.Page.RouteAsync(Items, route => Regex.Count(route.Request.PostData!, "\"id\"") > 1
            ? route.FulfillAsync(new() { Status = 413, Body = "<html>" })
            : route.ContinueAsync());
        await Choose(visit, "singly", [.. SamplePictures.All.Take(3).Select(Payload)]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 3 pictures" }).ClickAsync();

        await Ends(visit, "3 pictures are in “singly”", "done");
        await visit.Leave();
        await gateway.Client.DeleteCorpus("singly");
    }

    [Fact]
    public async Task Key_MayOnlyRead_IsRefusedInTheServersWordsAndAnotherGoesOn()
    {
        await using var visit = await Visit.Begin(chromium, gateway, hasKey: false);
        visit.Expect("403");
        await gateway.Client.CreateCorpus(new("guarded"));
        await visit.Page.AddInitScriptAsync($"sessionStorage.setItem('mplug-key', '{PageGateway.ReadKey}');");
        await Choose(visit, "guarded", [Payload(SamplePictures.All[0])]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 1 picture" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The key may not do this: The key has the right 'read'; this needs 'write'." })).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Enter another key" }).ClickAsync();
        await visit.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(PageGateway.Token);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Ends(visit, "1 picture is in “guarded”", "done");
        await visit.Leave();
        await gateway.Client.DeleteCorpus("guarded");
    }

    [Fact]
    public async Task Name_ThatNoCorpusMayHave_IsRefusedAndTheChoiceStays()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("400");
        await Choose(visit, "x", [Payload(SamplePictures.All[0])]);
        await visit.Page.GetByLabel("Corpus").FillAsync("My Pets");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 1 picture" }).ClickAsync();
        await Expect(visit.Page.Locator("form.panel .fault")).ToContainTextAsync("'My Pets' is not a corpus name: 1 to 100 characters of a-z");

        await visit.Page.GetByLabel("Corpus").FillAsync("my-pets");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 1 picture" }).ClickAsync();
        await Ends(visit, "1 picture is in “my-pets”", "done");
        await visit.Leave();
        await gateway.Client.DeleteCorpus("my-pets");
    }

    /// <summary>The second batch never arrives, so that it is known what is in when it is stopped.</summary>
    [Fact]
    public async Task Stop_WhatIsInStaysInAndTheRestCanFollow()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        var requests = 0;
        await visit.Page.RouteAsync(Items, route => ++requests == 2 ? Task.CompletedTask : route.ContinueAsync());
        await Choose(visit, "stopped", [.. SamplePictures.All.Take(40).Select(Payload)]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 40 pictures" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Progressbar)).ToHaveAttributeAsync("aria-valuenow", "16");
        await visit.Screenshot("add-running");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        await Ends(visit, "16 of 40 pictures are in “stopped”", "paused");
        Assert.Equal(16, (await Ids("stopped")).Length);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Ends(visit, "40 pictures are in “stopped”", "done");
        Assert.Equal(40, (await Ids("stopped")).Length);
        await visit.Leave();
        await gateway.Client.DeleteCorpus("stopped");
    }

    [Theory]
    [InlineData(429, "The server is full", "The server works on 32 requests already; it takes no more at the same time.")]
    [InlineData(503, "No device can do the work", "Nobody is there.")]
    public async Task Server_CannotNow_ItsWordsStandThereUntilItCan(int status, string title, string detail)
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect($"{status}");
        var isFull = true;
        await visit.Page.RouteAsync(Items, route => isFull
            ? route.FulfillAsync(new() { Status = status, Headers = new Dictionary<string, string> { ["Retry-After"] = "3" }, Json = new { type = "urn:mplug:x", title, status, detail } })
            : route.ContinueAsync());
        var corpus = $"patient-{status}";
        await Choose(visit, corpus, [Payload(SamplePictures.All[0])]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 1 picture" }).ClickAsync();
        await Expect(visit.Page.Locator(".waiting-words")).ToHaveTextAsync(new Regex($"^{title}: {detail} Next try in \\d+ s\\.$"));

        isFull = false;
        await Ends(visit, $"1 picture is in “{corpus}”", "done");
        await Expect(visit.Page.Locator(".waiting-words")).ToBeEmptyAsync();
        await visit.Leave();
        await gateway.Client.DeleteCorpus(corpus);
    }

    [Fact]
    public async Task Server_DoesNotAnswer_SaysSoAndGoesOnWhenTold()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        visit.Expect("ERR_FAILED");
        await visit.Page.RouteAsync(Items, route => route.AbortAsync(), new() { Times = 1 });
        await Choose(visit, "away", [Payload(SamplePictures.All[0])]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 1 picture" }).ClickAsync();
        await Ends(visit, "0 of 1 picture is in “away”", "failed");
        await Expect(visit.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The server does not answer" })).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Ends(visit, "1 picture is in “away”", "done");
        await visit.Leave();
        await gateway.Client.DeleteCorpus("away");
    }

    [Fact]
    public async Task Sending_WhileAnotherViewIsShown_GoesOn()
    {
        await using var visit = await Visit.Begin(chromium, gateway);
        var looksAway = new TaskCompletionSource();
        await visit.Page.RouteAsync(Items, async route =>
        {
            await looksAway.Task;
            await route.ContinueAsync();
        });
        await Choose(visit, "aside", [.. SamplePictures.All.Take(20).Select(Payload)]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add 20 pictures" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Cluster", Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator(".device").First).ToBeVisibleAsync();
        looksAway.SetResult();

        await Expect(visit.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("20 pictures are in “aside”");
        await visit.Page.GoBackAsync();
        await Ends(visit, "20 pictures are in “aside”", "done");
        await visit.Leave();
        await gateway.Client.DeleteCorpus("aside");
    }

    [Theory]
    [InlineData(PageGateway.Corpus, 2, PageGateway.Corpus)]
    [InlineData("hollow", 1, "hollow")]
    public async Task Search_SeveralAreDroppedOrNothingCanBeFound_TheyAreToBeAdded(string corpus, int pictures, string expected)
    {
        if (corpus != PageGateway.Corpus)
            await gateway.Client.CreateCorpus(new(corpus));
        await using var visit = await Visit.Begin(chromium, gateway);
        await visit.Go($"#/search?corpus={corpus}");
        await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Add pictures" })).ToBeVisibleAsync();
        await visit.Page.EvaluateAsync(
            """
            base64 => {
              const transfer = new DataTransfer();
              base64.forEach((one, i) => transfer.items.add(new File([Uint8Array.from(atob(one), c => c.charCodeAt(0))], `${i}.png`)));
              for (const kind of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            }
            """,
            SamplePictures.All.Take(pictures).Select(path => Convert.ToBase64String(File.ReadAllBytes(path))).ToArray());

        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = pictures == 1 ? "Add 1 picture" : $"Add {pictures} pictures" })).ToBeEnabledAsync();
        await Expect(visit.Page.GetByLabel("Corpus")).ToHaveValueAsync(expected);
        await visit.Leave();
        if (corpus != PageGateway.Corpus)
            await gateway.Client.DeleteCorpus(corpus);
    }

    static async Task Choose(Visit visit, string corpus, FilePayload[] files)
    {
        await visit.Go($"#/add?corpus={corpus}");
        await visit.Page.GetByLabel("Picture files").SetInputFilesAsync(files);
        await Expect(visit.Page.Locator(".chosen")).Not.ToBeEmptyAsync();
    }

    /// <summary>Waits for a state of the sending, and for what its head says of it.</summary>
    static async Task Ends(Visit visit, string head, string status)
    {
        await Expect(visit.Page.Locator(".add-progress")).ToHaveAttributeAsync("data-status", status);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = head, Exact = true })).ToBeVisibleAsync();
    }

    async Task<string[]> Ids(string corpus)
    {
        var ids = new List<string>();
        await foreach (var item in gateway.Client.Items(corpus))
            ids.Add(item.Id);
        return [.. ids];
    }

    /// <summary>Two pictures, one of them in a folder of its own, a text, and a hidden picture.</summary>
    static void FillTree(TemporaryFolder folder)
    {
        foreach (var (name, number) in new[] { ("one.png", 0), ("cats/two.png", 1), ("cats/._two.png", 2) })
        {
            var path = folder.File($"pets/{name}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(SamplePictures.All[number], path);
        }

        File.WriteAllText(folder.File("pets/readme.md"), "Pets.");
    }

    static FilePayload Payload(string path) => new() { Name = Path.GetFileName(path), MimeType = "image/png", Buffer = File.ReadAllBytes(path) };

    static FilePayload Payload(string name, string content) => new() { Name = name, MimeType = "application/octet-stream", Buffer = Encoding.UTF8.GetBytes(content) };
}
