using System.Net.Http.Json;
using System.Text.Json;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>What a rerank answers, for each pair of kinds.</summary>
public sealed class RerankTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    /// <summary>Embeddings in a batch of another size.</summary>
    const float EmbeddingTolerance = 1e-5f, LogitTolerance = 2e-4f;

    static readonly string Caption = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")))
        .RootElement[0].GetProperty("caption")[0].GetString()!;

    [Theory]
    [InlineData("/v1/rerank", "1")]
    [InlineData("/v2/rerank", "2")]
    public async Task Rerank_TextQueryAndPictures_CoheresShapeAndTheScorersNumbers(string path, string version)
    {
        var answer = await Post(path, new
        {
            model = "mplug",
            query = Caption,
            documents = new[] { Document(1), Document(0), Document(2) },
            top_n = 2,
            max_tokens_per_doc = 100,
            priority = 1,
        });
        var scored = (await fixture.Client.Score(new RetrievalRequest { Image = PictureInput.OfData(HttpFixture.Picture(0)), Text = Caption }));

        Assert.Equal(("rerank", "mplug"), (answer.GetProperty("object").GetString(), answer.GetProperty("model").GetString()));
        Assert.NotEmpty(answer.GetProperty("id").GetString()!);
        var meta = answer.GetProperty("meta");
        Assert.Equal(version, meta.GetProperty("api_version").GetProperty("version").GetString());
        Assert.Equal(1, meta.GetProperty("billed_units").GetProperty("search_units").GetInt32());
        Assert.True(answer.GetProperty("usage").GetProperty("total_tokens").GetInt32() > 2);
        Assert.Empty(answer.GetProperty("errors").EnumerateArray());
        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(2, results.Length);
        Assert.Equal(1, results[0].GetProperty("index").GetInt32());
        Assert.Equal("itm", results[0].GetProperty("scored_by").GetString());
        Assert.Equal(scored.ItmLogit!.Value, results[0].GetProperty("itm_logit").GetSingle(), LogitTolerance);
        Assert.Equal(scored.Scores![1], results[0].GetProperty("relevance_score").GetSingle(), LogitTolerance);
        Assert.True(results[0].GetProperty("relevance_score").GetSingle() >= results[1].GetProperty("relevance_score").GetSingle());
        Assert.False(results[0].TryGetProperty("document", out _));
    }

    [Fact]
    public async Task Rerank_PictureQueryAndTexts_TheSamePairsTheOtherWayRound()
    {
        var answer = await fixture.Client.Rerank(new RerankRequest
        {
            Query = Picture(0),
            Documents = [Text("a yellow cross on grass"), Text(Caption)],
            ReturnDocuments = true,
        });

        Assert.Equal([1, 0], answer.Results.Select(result => result.Index));
        Assert.All(answer.Results, result => Assert.Equal("itm", result.ScoredBy));
        Assert.Equal(Caption, answer.Results[0].Document!.Text);
    }

    [Fact]
    public async Task Rerank_SameKind_ByItcAndSaysSo()
    {
        var texts = await fixture.Client.Rerank(new RerankRequest { Query = Text(Caption), Documents = [Text("a blue star"), Text(Caption)] });
        var pictures = await fixture.Client.Rerank(new RerankRequest { Query = Picture(0), Documents = [Picture(1), Picture(0)] });

        foreach (var answer in new[] { texts, pictures })
        {
            Assert.Equal([1, 0], answer.Results.Select(result => result.Index));
            Assert.All(answer.Results, result => Assert.Equal(("itc", (float?)null), (result.ScoredBy, result.ItmLogit)));
            Assert.Equal(1, answer.Results[0].ItcSimilarity, EmbeddingTolerance);
            Assert.InRange(answer.Results[1].RelevanceScore, 0, 1);
        }
    }

    [Fact]
    public async Task Rerank_SomeDocumentsUnusable_TheOthersRankedAndReasonsGiven()
    {
        var answer = await fixture.Client.Rerank(new RerankRequest
        {
            Query = Text(Caption),
            Documents =
            [
                new EmbeddingInput(null, PictureInput.OfData([1, 2, 3])), Picture(0), new EmbeddingInput(null, PictureInput.OfBlob(new string('0', 64))),
                Text("a star"), new EmbeddingInput(null, PictureInput.OfBlob("x")), new EmbeddingInput(null, PictureInput.OfUrl("https://example.org/a.png")),
            ],
            ReturnDocuments = true,
        });

        Assert.Equal([1, 3], answer.Results.Select(result => result.Index).Order());
        Assert.Equal(
            [(0, "unsupported"), (2, "missing"), (4, "invalid"), (5, "url_refused")], answer.Errors.Select(fault => (fault.Index, fault.Error.Code)));
        Assert.Equal(64, answer.Results.Single(result => result.Index == 1).Document!.Image!.Blob!.Length);
    }

    [Fact]
    public async Task Rerank_Base64ThatIsNone_OnlyItsDocumentFails()
    {
        var answer = await Post("/v1/rerank", new { query = "a star", documents = new object[] { new { image = "no base64!" }, "a star" } });

        Assert.Equal("invalid", answer.GetProperty("errors")[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(1, answer.GetProperty("results")[0].GetProperty("index").GetInt32());
    }

    [Theory]
    [InlineData("{\"query\":\"x\",\"documents\":[]}", 400, "There are 0 documents; 1 to 10000 are allowed.")]
    [InlineData("{\"query\":\"x\",\"documents\":[null]}", 400, "The list of documents holds a null.")]
    [InlineData("{\"query\":\"x\",\"documents\":[\"a\"],\"top_n\":0}", 400, "'top_n' is 0; at least 1 is needed.")]
    [InlineData("{\"documents\":[\"a\"]}", 400, "query")]
    [InlineData("{\"query\":\"x\",\"documents\":[\"a\"],\"model\":\"rerank-v3.5\"}", 404, "There is no model 'rerank-v3.5'")]
    [InlineData("{\"query\":{\"image\":\"AAAA\"},\"documents\":[\"a\"]}", 422, "unsupported: ")]
    [InlineData("{\"query\":{\"image\":\"AAAA\"},\"documents\":[{\"image\":\"AAAA\"}]}", 422, "unsupported: ")]
    [InlineData("{\"query\":{\"image\":\"http://example.org/\"},\"documents\":[\"a\"]}", 422, "does not fetch")]
    public async Task Rerank_WrongRequest_ItsProblem(string body, int status, string detail)
    {
        using var response = await fixture.Post("/v1/rerank", body);
        var problem = (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!;

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(detail, problem.Detail);
    }

    static EmbeddingInput Text(string text) => new(text, null);

    static EmbeddingInput Picture(int number) => new(null, PictureInput.OfData(HttpFixture.Picture(number)));

    static object Document(int number) => new { image = "data:image/png;base64," + Convert.ToBase64String(HttpFixture.Picture(number)) };

    async Task<JsonElement> Post(string path, object body)
    {
        using var response = await fixture.Http.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
