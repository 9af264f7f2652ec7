using System.Text;
using System.Text.Json;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Text;

namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>A model that gives NaN or infinity for one picture: that item fails, and nothing else.</summary>
public sealed class UnusableNumbersTests
{
    static readonly byte[] Content = "picture 2"u8.ToArray();

    [Theory]
    [InlineData(JobKind.Rank, "02.png")]
    [InlineData(JobKind.Score, "p6", "p7")]
    [InlineData(JobKind.Evaluate, "02.png", "08.png")]
    public async Task Job_PairsOfOnePictureHaveNoNumbers_ItemsErrorAndTheRestIsDone(JobKind kind, params string[] items)
    {
        using var scenario = await JobScenario.Make(kind);
        var store = scenario.NewStore("trial");
        using var process = scenario.Start(store);
        foreach (var engine in process.Engines)
            engine.GivesNoNumbers = embedding => embedding.SequenceEqual(FakeModel.ImageEmbedding(Content));

        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        var errors = (await Lines(store, "errors")).Where(line => line.Contains("not_finite")).ToArray();
        Assert.Equal(items, errors.Select(line => JsonElement.Parse(line).GetProperty("item").GetString()!).Distinct().Order());
        Assert.All(errors, line => Assert.Contains("\"reason\":\"The model's numbers for this picture and a text are none (NaN or infinite).\"", line));
        Assert.All(await Lines(store, "rows"), row => JsonElement.Parse(row));
        Assert.DoesNotContain(await Lines(store, "rows"), row => row.Contains("itm_logit") && (row.Contains("\"02.png\"") || row.Contains("\"08.png\"")));
    }

    [Theory]
    [InlineData(JobKind.Ingest, "06.png")]
    [InlineData(JobKind.Evaluate, "06.png")]
    public async Task Job_EmbeddingOfOnePictureIsNone_ItemsErrorAndTheRestIsDone(JobKind kind, string item)
    {
        using var scenario = await JobScenario.Make(kind);
        var store = scenario.NewStore("trial");
        using var process = scenario.Start(store);
        foreach (var engine in process.Engines)
            engine.GivesNoEmbedding = pixels => pixels.Select(value => (byte)value).SequenceEqual("picture 6"u8.ToArray());

        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        Assert.Contains(
            $"{{\"item\":\"{item}\",\"code\":\"not_finite\",\"reason\":\"The numbers of the model's embedding are none (NaN or infinite).\"}}",
            await Lines(store, "errors"));
        if (kind == JobKind.Ingest)
            Assert.Null((await process.Corpora.Ledger(JobScenario.Corpus)).Find(item));
    }

    [Fact]
    public async Task Evaluate_EmbeddingOfOneCaptionIsNone_OnlyItsPictureFails()
    {
        using var scenario = await JobScenario.Make(JobKind.Evaluate);
        var store = scenario.NewStore("trial");
        using var process = scenario.Start(store);
        var caption = FakeModel.Tokenize("caption 1 of 6", TextConvention.Ms25);
        foreach (var engine in process.Engines)
            engine.GivesNoTextEmbedding = caption.SequenceEqual;

        Assert.Equal(JobStatus.Done, await process.Run(scenario.Plan));

        Assert.Equal(
            ["{\"item\":\"06.png\",\"code\":\"not_finite\",\"reason\":\"The numbers of the model's embedding of one of its captions are none (NaN or infinite).\"}"],
            (await Lines(store, "errors")).Where(line => line.Contains("not_finite")));
        Assert.Contains(await Lines(store, "rows"), row => row.Contains("\"captions\",\"value\":18"));
    }

    static async Task<string[]> Lines(IObjectStore store, string what)
    {
        var lines = new List<string>();
        await foreach (var file in store.List($"jobs/job/{what}"))
            lines.AddRange(Encoding.UTF8.GetString((await store.Read(file.Path))!.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return [.. lines];
    }
}
