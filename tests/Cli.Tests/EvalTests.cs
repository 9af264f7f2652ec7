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
    [InlineData("{}", "is not a JSON list")]
    [InlineData("[{\"image\": \"none.png\", \"caption\": \"x\"}]", "Picture 0 ('none.png') cannot be evaluated: missing: ")]
    [InlineData("[{\"image\": \"none.png\"}]", "entry 0 (none.png): 'caption' is missing.")]
    public async Task Eval_BadAnnotations_SaysWhichEntry(string json, string message)
    {
        await File.WriteAllTextAsync(folder.File("some.json"), json);

        var run = await Eval(folder.File("some.json"));

        Assert.Equal((1, ""), (run.Code, run.Output));
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
