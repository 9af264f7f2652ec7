using System.Net.Http.Json;
using System.Text;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Annotation files, read by the server for those who have no reader of their own.</summary>
public sealed class AnnotationTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    const string Karpathy = """
        {"images": [{"filename": "a.png", "split": "test", "sentences": [{"raw": "one"}, {"raw": "two"}]},
                    {"filename": "b.png", "filepath": "val2014", "split": "val", "sentences": [{"raw": "three"}]},
                    {"filename": "c.png", "split": "val", "sentences": [{"raw": "four"}]}]}
        """;

    [Theory]
    [InlineData("c.json", "[{\"image\": \"a.png\", \"caption\": [\"one\"]}, {\"image\": \"b.png\", \"caption\": \"two\"}, {\"image\": \"a.png\", \"caption\": \"three\"}]")]
    [InlineData("c.JSONL", "{\"image\": \"a.png\", \"caption\": \"one\"}\n{\"image\": \"b.png\", \"caption\": \"two\"}\n{\"image\": \"a.png\", \"caption\": \"three\"}")]
    [InlineData("c.csv", "image:FILE,answer:Value\na.png,one\nb.png,two\na.png,three\n")]
    public async Task File_WithoutSplits_GivesItsPicturesOnceEach(string name, string content)
    {
        var set = await Read(name, content);

        Assert.Equal((0, null), (set.Splits.Count, set.Split));
        Assert.Equal(["a.png: one, three", "b.png: two"], set.Pictures.Select(Line));
    }

    [Fact]
    public async Task KarpathyFile_GivesOneSplitAndNamesAll()
    {
        var test = await Read("k.json", Karpathy);
        var validation = await Read("k.json", Karpathy, "val");

        Assert.Equal([("test", 1), ("val", 2)], test.Splits.Select(split => (split.Key, split.Value)));
        Assert.Equal("test", test.Split);
        Assert.Equal(["a.png: one, two"], test.Pictures.Select(Line));
        Assert.Equal(["val2014/b.png: three", "c.png: four"], validation.Pictures.Select(Line));
    }

    [Fact]
    public async Task KarpathyFile_WithoutTheUsualSplit_LeavesTheChoice()
    {
        var set = await Read("k.json", Karpathy.Replace("\"test\"", "\"train\""));

        Assert.Equal(["train", "val"], set.Splits.Keys);
        Assert.Equal((null, 0), (set.Split, set.Pictures.Count));
    }

    [Theory]
    [InlineData("k.json", Karpathy, "dev", "'k.json' has no picture of the split 'dev'; it has the splits test, val.")]
    [InlineData("a.jsonl", "{\"image\": \"a.png\", \"caption\": \"x\"}\n{", null, "'a.jsonl', line 2 is not valid JSON: ")]
    [InlineData("a.json", "[\n\n{]", null, "(line 3).")]
    [InlineData("a.csv", "image,caption\n,x\n", null, "line 2: 'image' must be a path")]
    [InlineData("a.txt", "a.png one", null, "'a.txt': annotations are .json, .jsonl or .csv, not '.txt'.")]
    [InlineData("a.json", "", null, "'a.json' is not valid JSON: ")]
    public async Task File_ThatIsBroken_ItsProblem(string name, string content, string? split, string detail) =>
        await ProblemTests.AssertProblem(await Send(name, content, split), 422, "annotations-unusable", detail);

    [Fact]
    public async Task File_WithoutAName_400() => await ProblemTests.AssertProblem(
        await fixture.Http.PostAsync("/v1/annotations", new StringContent("[]")), 400, "invalid-request", "'name' is missing in the query string.");

    static string Line(AnnotatedFile picture) => $"{picture.Image}: {string.Join(", ", picture.Captions)}";

    async Task<AnnotationSet> Read(string name, string content, string? split = null)
    {
        using var answer = await Send(name, content, split);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<AnnotationSet>(ApiJson.Options))!;
    }

    Task<HttpResponseMessage> Send(string name, string content, string? split) => fixture.Http.PostAsync(
        $"/v1/annotations?name={name}{(split is null ? "" : $"&split={split}")}", new ByteArrayContent(Encoding.UTF8.GetBytes(content)));
}
