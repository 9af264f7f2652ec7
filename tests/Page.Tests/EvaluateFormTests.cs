using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using MplugCluster.Page.Tests.Browsers;
using MplugCluster.Page.Tests.Gateways;
using static Microsoft.Playwright.Assertions;

namespace MplugCluster.Page.Tests;

/// <summary>The form that starts an evaluation takes annotations in every form that the command takes them.</summary>
public sealed class EvaluateFormTests(Chromium chromium, PageGateway gateway)
{
    static readonly string[] Names = [.. SamplePictures.All.Take(4).Select(path => Path.GetFileName(path))];

    [Fact]
    public async Task KarpathyFile_WithATestSplit_OffersTheSplitsAndRunsTheOneChosen()
    {
        await using var visit = await Open();
        visit.Expect("/events");
        await Choose(visit, "dataset.json", Karpathy("test", "val", "val", "train"));
        await Expect(Told(visit)).ToHaveTextAsync("1 picture with 1 caption");
        await Expect(visit.Page.GetByLabel("Split")).ToHaveValueAsync("test");
        Assert.Equal(["test (1 picture)", "train (1 picture)", "val (2 pictures)"], await visit.Page.GetByLabel("Split").Locator("option").AllTextContentsAsync());

        await visit.Page.GetByLabel("Split").SelectOptionAsync("val");
        await Expect(Told(visit)).ToHaveTextAsync("2 pictures with 2 captions");
        await visit.Screenshot("evaluate-form");
        await visit.Page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All.Take(4));
        await Start(visit);
        await Expect(visit.Page.GetByText("2 pictures, 2 captions")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task KarpathyFile_WithoutATestSplit_AsksWhichOne()
    {
        await using var visit = await Open();
        await Choose(visit, "dataset.json", Karpathy("val", "train"));
        await Expect(visit.Page.GetByLabel("Split")).ToHaveValueAsync("");
        await visit.Page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All.Take(4));
        await Start(visit);
        Assert.False(await visit.Page.GetByLabel("Split").EvaluateAsync<bool>("select => select.validity.valid"));

        await visit.Page.GetByLabel("Split").SelectOptionAsync("train");
        await Expect(Told(visit)).ToHaveTextAsync("1 picture with 1 caption");
        await Choose(visit, "captions.csv", $"image:FILE,answer:Value\n{Names[0]},one\n");
        await Expect(visit.Page.GetByLabel("Split")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("captions.jsonl", "{\"image\": \"NAME\", \"caption\": \"one\"}\n{\"image\": \"NAME\", \"caption\": \"two\"}\n")]
    [InlineData("captions.csv", "image:FILE,answer:Value\nNAME,one\nNAME,two\n")]
    [InlineData("captions.json", "[{\"image\": \"a/NAME\", \"caption\": [\"one\", \"two\"]}]")]
    public async Task File_OfAnyForm_RunsAnEvaluation(string name, string content)
    {
        await using var visit = await Open();
        visit.Expect("/events");
        await Choose(visit, name, content.Replace("NAME", Names[0], StringComparison.Ordinal));
        await Expect(Told(visit)).ToHaveTextAsync("1 picture with 2 captions");
        await visit.Page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All[0]);
        await Start(visit);

        await Expect(visit.Page.GetByText("1 picture, 2 captions")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("captions.jsonl", "{\"image\": \"a.png\", \"caption\": \"x\"}\n{\"image\": 3}\n", "'captions.jsonl', line 2: 'image' must be a path.")]
    [InlineData("captions.json", "[{\"image\": \"a.png\", \"caption\": \"x\"},\n nothing]", "'captions.json' is not valid JSON: ")]
    [InlineData("captions.json", "[{\"image\": \"a.png\", \"caption\": \"x\"},\n nothing]", "(line 2).")]
    [InlineData("captions.csv", "image,label\na.png,3\n", "it has no column answer:Value or answer or caption or text; it has image, label.")]
    public async Task File_ThatIsBroken_SaysWhereAndIsForgottenWithTheNextOne(string name, string content, string message)
    {
        await using var visit = await Open();
        visit.Expect("422");
        await Choose(visit, name, content);
        var fault = visit.Page.Locator("form.panel .fault");
        await Expect(fault).ToContainTextAsync(message);
        await visit.Page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All[0]);
        await Start(visit);
        await Expect(fault).ToContainTextAsync(message);

        await Choose(visit, "good.jsonl", $"{{\"image\": \"{Names[0]}\", \"caption\": \"x\"}}");
        await Expect(Told(visit)).ToHaveTextAsync("1 picture with 1 caption");
        await Expect(fault).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Pictures_OfOneNameInTwoFolders_AreNotTakenForEachOther()
    {
        await using var visit = await Open();
        await Choose(visit, "two.jsonl", $"{{\"image\": \"a/{Names[0]}\", \"caption\": \"x\"}}\n{{\"image\": \"b/{Names[0]}\", \"caption\": \"y\"}}");
        await visit.Page.GetByLabel("Pictures").SetInputFilesAsync(SamplePictures.All[0]);
        await Start(visit);

        await Expect(visit.Page.Locator("form.panel .fault")).ToContainTextAsync($"a/{Names[0]} and b/{Names[0]} have the same name");
    }

    async Task<Visit> Open()
    {
        var visit = await Visit.Begin(chromium, gateway);
        await visit.Go("#/evaluate");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New evaluation" }).ClickAsync();
        return visit;
    }

    static ILocator Told(Visit visit) => visit.Page.Locator("form.panel .told");

    static Task Start(Visit visit) => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Start the evaluation" }).ClickAsync();

    static Task Choose(Visit visit, string name, string content) => visit.Page.GetByLabel("Annotations").SetInputFilesAsync(
        new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = Encoding.UTF8.GetBytes(content) });

    /// <summary>A split file with a picture, and a caption of it, for each split that is named.</summary>
    static string Karpathy(params string[] splits) => JsonSerializer.Serialize(new
    {
        images = splits.Select((split, i) => new { filename = Names[i], split, sentences = new[] { new { raw = SamplePictures.Captions[i] } } }),
    });
}
