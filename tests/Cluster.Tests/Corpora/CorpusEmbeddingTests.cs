using System.Text.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Corpora;

/// <summary>The embeddings that a corpus holds, over HTTP.</summary>
public sealed class CorpusEmbeddingTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Items_WithEmbeddings_TheSameAsEncodedAlone()
    {
        var picture = PictureInput.OfData(HttpFixture.Picture(0));
        await fixture.Client.CreateCorpus(new CorpusCreation("held"));
        await fixture.Client.Upsert("held", new ItemBatch([new ItemInput("p") { Image = picture }, new ItemInput("t") { Text = "a star" }]));
        var expected = await fixture.Client.Embed(new EmbeddingRequest
        {
            Input = new[] { new EmbeddingInput(null, picture), new EmbeddingInput("a star", null) },
        });

        var items = await fixture.Client.ItemsWithEmbeddings("held").ToArrayAsync();
        var plain = await fixture.Client.Items("held").ToArrayAsync();

        Assert.Equal(["p", "t"], items.Select(item => item.Id));
        Assert.Equal(expected.Data.SelectMany(datum => datum.Embedding!.Values), items.SelectMany(item => item.Embedding!.Values));
        Assert.All(plain, item => Assert.Null(item.Embedding));
    }

    [Fact]
    public async Task Items_PageByPage_EachOnceAndNoneWithoutCorpus()
    {
        await fixture.Client.CreateCorpus(new CorpusCreation("paged"));
        await fixture.Client.Upsert("paged", new ItemBatch([.. Enumerable.Range(0, 5).Select(i => new ItemInput($"{i}") { Text = $"{i} stars" })]));

        var (seen, cursor) = (new List<string>(), (string?)null);
        do
        {
            using var page = JsonDocument.Parse(await fixture.Http.GetStringAsync(
                $"/v1/corpora/paged/items?embeddings=true&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}"));
            seen.AddRange(page.RootElement.GetProperty("data").EnumerateArray().Select(item =>
                $"{item.GetProperty("id").GetString()} {item.GetProperty("embedding").GetBytesFromBase64().Length}"));
            cursor = page.RootElement.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(["0 256", "1 256", "2 256", "3 256", "4 256"], seen);
        await ProblemTests.AssertProblem(await fixture.Http.GetAsync("/v1/corpora/none/items?embeddings=true"), 404, "corpus-not-found", "'none'");
    }
}
