using System.Text.Json;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Cli.Tests;

public sealed class ScoreTests : IDisposable
{
    const double Tolerance = 2e-4;

    readonly TemporaryFolder folder = new();
    readonly NpyArray<float> logits = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "itm_logits.npy"));
    readonly JsonElement annotations = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json"))).RootElement;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Score_OnePair_TheReferencesLogit()
    {
        var run = await Score("--image", PathOf(4), "--text", Caption(4, 2), "--json");

        Assert.Equal(0, run.Code);
        Assert.Equal(logits.Data[4 * 1000 + 22], run.Json.GetProperty("itm_logit").GetSingle(), Tolerance);
        Assert.Equal(run.Json.GetProperty("scores")[1].GetSingle(), run.Json.GetProperty("itm_probability").GetSingle());
        Assert.Matches(@"^ITM probability \d\.\d{4}, ITM logit -?\d+\.\d{3}, ITC similarity -?\d\.\d{4}\s*$",
            (await Score("--image", PathOf(4), "--text", Caption(4, 2))).Output);
    }

    [Fact]
    public async Task Score_OnePictureThatIsNone_SaysWhy()
    {
        File.WriteAllText(folder.File("a.png"), "no picture");

        var bad = await Score("--image", folder.File("a.png"), "--text", "x");
        var missing = await Score("--image", folder.File("none.png"), "--text", "x");

        Assert.Equal((1, 2), (bad.Code, missing.Code));
        Assert.Contains("unsupported: not a picture", bad.Error);
        Assert.Equal($"There is no picture '{folder.File("none.png")}'.", missing.Error.Trim());
    }

    [Fact]
    public async Task Score_Pairs_EveryLineInOrderWithItsNumbersOrItsError()
    {
        string[] lines =
        [
            Line(PathOf(3), Caption(3, 0)), "no json", Line(PathOf(9), Caption(3, 0)), "", Line("none.png", "x"), "[1]", Line(PathOf(3), Caption(9, 4)),
            "{\"image\": \"a.png\"}", Line(PathOf(3), Caption(3, 0)),
        ];
        await File.WriteAllLinesAsync(folder.File("in.jsonl"), lines);

        var run = await Score("--pairs", folder.File("in.jsonl"), "--out", folder.File("out.jsonl"), "--json");
        var strict = await Score("--pairs", folder.File("in.jsonl"), "--strict");

        Assert.Equal((0, 1), (run.Code, strict.Code));
        Assert.Equal((4, 4), (run.Json.GetProperty("scored").GetInt32(), run.Json.GetProperty("failed").GetInt32()));
        var written = File.ReadAllLines(folder.File("out.jsonl"));
        Assert.Equal(written, strict.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        var results = written.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(8, results.Length);
        Assert.Equal(
            [null, "invalid", null, "missing", "invalid", null, "invalid", null],
            results.Select(result => result.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null));
        foreach (var (result, expected) in new[] { (0, 3 * 1000 + 15), (2, 9 * 1000 + 15), (5, 3 * 1000 + 49), (7, 3 * 1000 + 15) })
            Assert.Equal(logits.Data[expected], results[result].GetProperty("itm_logit").GetSingle(), Tolerance);
        Assert.Equal(PathOf(9), results[2].GetProperty("image").GetString());
    }

    [Fact]
    public async Task Score_PathsInAFile_RelativeToIt()
    {
        File.Copy(PathOf(0), folder.File("a b.png"));
        await File.WriteAllTextAsync(folder.File("in.jsonl"), Line("a b.png", Caption(0, 0)));

        var run = await Score("--pairs", folder.File("in.jsonl"));

        Assert.Equal(logits.Data[0], JsonDocument.Parse(run.Output).RootElement.GetProperty("itm_logit").GetSingle(), Tolerance);
    }

    Task<CommandRun> Score(params string[] args) => CommandRun.Of(["score", "--model", Repository.Scenes, "--store", folder.File("store"), .. args]);

    string Caption(int image, int number) => annotations[image].GetProperty("caption")[number].GetString()!;

    static string Line(string image, string text) => JsonSerializer.Serialize(new { image, text });

    static string PathOf(int number) => Directory.GetFiles(Repository.Pictures, $"scene{number:0000}.*").Single();
}
