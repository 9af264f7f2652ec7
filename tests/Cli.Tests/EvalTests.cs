using System.Text.Json;

namespace MplugCluster.Cli.Tests;

public sealed class EvalTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Eval_Scenes_TheReferencesMetrics()
    {
        var expected = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("tests", "scenes", "expected", "metrics.json"))).RootElement;

        var run = await Eval(Repository.Path("samples", "annotations.json"), "--k-test", "32", "--json");

        Assert.Equal(0, run.Code);
        Assert.Equal(
            ["txt_r1", "txt_r5", "txt_r10", "txt_r_mean", "img_r1", "img_r5", "img_r10", "img_r_mean", "r_mean"],
            run.Json.EnumerateObject().Take(9).Select(metric => metric.Name));
        Assert.InRange(run.Json.GetProperty("img_mrr").GetDouble(), run.Json.GetProperty("img_r1").GetDouble() / 100, 1);
        foreach (var interval in run.Json.GetProperty("intervals").EnumerateObject())
            Assert.InRange(run.Json.GetProperty(interval.Name).GetDouble(), interval.Value[0].GetDouble(), interval.Value[1].GetDouble());
        Assert.True(run.Json.GetProperty("r_mean").GetDouble() > run.Json.GetProperty("itc").GetProperty("img_r_mean").GetDouble());
        foreach (var metric in expected.GetProperty("k_test_32").EnumerateObject())
            Assert.Equal(metric.Value.GetDouble(), run.Json.GetProperty(metric.Name).GetDouble(), 1e-9);
        Assert.Contains("200 pictures (200 encoded), 1000 captions", run.Error);
    }

    [Fact]
    public async Task Eval_MoreCandidatesThanTheSetHas_ClampedWithAWarning()
    {
        await Subset(6);

        var run = await Eval(folder.File("some.json"), "--k-test", "500");

        Assert.Equal(0, run.Code);
        Assert.Contains("--k-test 500 is more than the set has (6 pictures, 30 captions): all are reranked.", run.Error);
        Assert.Contains("180 pairs scored", run.Error);
        Assert.Contains("R@10", run.Output);
    }

    [Theory]
    [InlineData("some.jsonl")]
    [InlineData("some.csv")]
    [InlineData("dataset.json")]
    [InlineData("dataset.json", "--split", "dev")]
    public async Task Eval_AnyFormThatTrainingTakes_TheMetricsOfTheReferencesJson(string file, params string[] flags)
    {
        await Subset(6);
        using var json = JsonDocument.Parse(File.ReadAllBytes(folder.File("some.json")));
        var pictures = json.RootElement.EnumerateArray()
            .Select(entry => (Image: entry.GetProperty("image").GetString()!, Captions: entry.GetProperty("caption").EnumerateArray().Select(text => text.GetString()!).ToArray()))
            .ToList();
        var pairs = pictures.SelectMany(picture => picture.Captions.Select(caption => (picture.Image, Caption: caption)));
        await File.WriteAllTextAsync(folder.File(file), Path.GetExtension(file) switch
        {
            ".jsonl" => string.Join('\n', pairs.Select(pair => JsonSerializer.Serialize(new { image = pair.Image, caption = pair.Caption }))),
            ".csv" => "image:FILE,answer:Value\n" + string.Join('\n', pairs.Select(pair => $"{pair.Image},\"{pair.Caption}\"")),
            _ => JsonSerializer.Serialize(new
            {
                images = pictures.Select(picture => new
                {
                    filename = picture.Image,
                    split = flags.LastOrDefault("test"),
                    sentences = picture.Captions.Select(raw => new { raw }),
                }).Append(new { filename = "none.png", split = "train", sentences = new[] { new { raw = "never" } }.AsEnumerable() }),
            }),
        });

        var expected = await Eval(folder.File("some.json"), "--k-test", "4", "--json");
        var found = await Eval(folder.File(file), ["--k-test", "4", "--json", .. flags]);

        Assert.Equal((0, 0), (expected.Code, found.Code));
        Assert.Equal(Metrics(expected), Metrics(found));

        static IEnumerable<string> Metrics(CommandRun run) =>
            run.Json.EnumerateObject().Where(member => member.Name != "job").Select(member => $"{member.Name}: {member.Value.GetRawText()}");
    }

    [Fact]
    public async Task Eval_SplitThatIsNotThere_NamesThoseThatAre()
    {
        await File.WriteAllTextAsync(folder.File("dataset.json"), """{"images": [{"filename": "a.png", "split": "val", "sentences": [{"raw": "x"}]}]}""");

        var run = await Eval(folder.File("dataset.json"));

        Assert.Equal(2, run.Code);
        Assert.Contains("has no picture of the split 'test'; it has the splits val.", run.Error);
    }

    [Theory]
    [InlineData(2, "{}", "is neither a JSON list of pictures with captions nor a Karpathy split file.")]
    [InlineData(1, "[{\"image\": \"none.png\", \"caption\": \"x\"}]", "Picture 0 ('none.png') cannot be evaluated: missing: ")]
    [InlineData(2, "[{\"image\": \"none.png\"}]", "entry 0 (none.png): 'caption' is missing.")]
    public async Task Eval_BadAnnotations_SaysWhichEntry(int code, string json, string message)
    {
        await File.WriteAllTextAsync(folder.File("some.json"), json);

        var run = await Eval(folder.File("some.json"));

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error);
    }

    async Task Subset(int pictures)
    {
        using var all = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")));
        await File.WriteAllTextAsync(folder.File("some.json"), JsonSerializer.Serialize(all.RootElement.EnumerateArray().Take(pictures)));
    }

    Task<CommandRun> Eval(string annotations, params string[] args) =>
        CommandRun.Of(["eval", annotations, "--model", Repository.Scenes, "--images", Repository.Pictures, "--store", folder.File("store"), .. args]);
}
