using System.Text.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Explain;

/// <summary><c>POST /v1/explain</c> with the model that ships: shapes, numbers, and every error a client can cause.</summary>
public sealed class ExplainEndpointTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    /// <summary>Of the reference, for logits (golden README).</summary>
    const float LogitTolerance = 2e-4f;

    const string Text = "a small red cross";

    static readonly PictureInput Picture = PictureInput.OfData(HttpFixture.Picture(0));

    [Fact]
    public async Task Explain_PictureAndText_MapsOfSumOneAndTheScorersLogit()
    {
        var scored = await fixture.Client.Score(new RetrievalRequest { Image = new[] { Picture }, Text = new[] { Text } });

        var answer = await fixture.Client.Explain(new ExplanationQuery { Image = Picture, Text = Text });

        Assert.Equal((1, 3), (answer.Layer, answer.Layers));
        Assert.Equal([6, 6], answer.Grid);
        Assert.Equal(["a", "small", "red", "cross"], answer.Tokens.Select(token => token.Token));
        Assert.All(answer.Tokens, token => Assert.Equal((36, 1f), (token.Attention.Count, MathF.Round(token.Attention.Sum(), 5))));
        Assert.Equal(scored.Data![0].ItmLogit!.Value, answer.ItmLogit, LogitTolerance);
        Assert.Equal(scored.Data[0].ItmProbability!.Value, answer.ItmProbability, LogitTolerance);
    }

    [Fact]
    public async Task Explain_Pieces_EveryTokenOfTheText()
    {
        var answer = await fixture.Client.Explain(new ExplanationQuery { Image = Picture, Text = "Reds cross", Pieces = true, Layer = 0 });

        Assert.Equal(0, answer.Layer);
        Assert.Equal("[CLS]", answer.Tokens[0].Token);
        Assert.Contains(answer.Tokens, token => token.Token.StartsWith("##", StringComparison.Ordinal));
        Assert.Equal("[SEP]", answer.Tokens[^1].Token);
        var words = await fixture.Client.Explain(new ExplanationQuery { Image = Picture, Text = "Reds cross", Layer = 0 });
        Assert.Equal(["reds", "cross"], words.Tokens.Select(token => token.Token));
    }

    [Fact]
    public async Task Explain_Items_TheSameAsPictureAndText()
    {
        await Fill("explained");
        var expected = await fixture.Client.Explain(new ExplanationQuery { Image = Picture, Text = Text, Layer = 2 });

        var ofPicture = await fixture.Client.Explain(new ExplanationQuery { Corpus = "explained", Item = "p", Text = Text, Layer = 2 });
        var ofText = await fixture.Client.Explain(new ExplanationQuery { Corpus = "explained", Item = "t", Image = Picture, Layer = 2 });

        foreach (var found in new[] { ofPicture, ofText })
        {
            Assert.Equal(0, found.Features.ImagesEncoded);
            Assert.Equal(expected.ItmLogit, found.ItmLogit);
            Assert.Equal(expected.Tokens.SelectMany(token => token.Attention), found.Tokens.SelectMany(token => token.Attention));
        }
    }

    [Fact]
    public async Task Explain_Json_NamesAsTheyTravel()
    {
        var response = await fixture.Post("/v1/explain", $$"""{"image":"{{Convert.ToBase64String(HttpFixture.Picture(0))}}","text":"red","layer":null}""");

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(
            ["layer", "layers", "tokens", "grid", "itm_logit", "itm_probability", "features"],
            json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["token", "attention"], json.RootElement.GetProperty("tokens")[0].EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("{}", 400, "invalid-request", "needs a picture and a text: 'image' and 'text', or 'corpus', 'item' and 'text'.")]
    [InlineData("{\"text\":\"x\"}", 400, "invalid-request", "The request needs a picture: 'image', or 'corpus' and 'item'.")]
    [InlineData("{\"image\":\"AAAA\"}", 400, "invalid-request", "The request needs 'text'.")]
    [InlineData("{\"image\":\"AAAA\",\"text\":\" \"}", 400, "invalid-request", "'text' is empty; it needs at least one word.")]
    [InlineData("{\"item\":\"p\",\"text\":\"x\"}", 400, "invalid-request", "'corpus' and 'item' go together")]
    [InlineData("{\"corpus\":\"problems\",\"text\":\"x\"}", 400, "invalid-request", "'corpus' and 'item' go together")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\"}", 400, "invalid-request", "The request needs 'text'.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\",\"text\":\"x\",\"layer\":3}", 400, "invalid-request", "'layer' is 3; the model has the fusion layers 0 to 2.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\",\"text\":\"x\",\"layer\":-1}", 400, "invalid-request", "'layer' is -1; the model has the fusion layers 0 to 2.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\",\"text\":\"x\",\"budget_ms\":0}", 400, "invalid-request", "'budget_ms' is 0")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\",\"text\":\"x\",\"image\":\"AAAA\"}", 400, "invalid-request", "is a picture; leave 'image' out.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"t\",\"text\":\"x\",\"image\":\"AAAA\"}", 400, "invalid-request", "is a text; leave 'text' out.")]
    [InlineData("{\"image\":\"AAAA\",\"text\":\"x\",\"convention\":\"y\"}", 400, "invalid-request", "'y' is not a convention; ms25, am30 are.")]
    [InlineData("{\"corpus\":\"none\",\"item\":\"p\",\"text\":\"x\"}", 404, "corpus-not-found", "There is no corpus 'none'.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"q\",\"text\":\"x\"}", 404, "item-not-found", "Corpus 'problems' has no item 'q'.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"t\",\"text\":\"x\"}", 422, "explanation-impossible", "Item 't' of corpus 'problems' is a text, and the request has no 'image'.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\",\"image\":\"AAAA\"}", 422, "explanation-impossible", "Item 'p' of corpus 'problems' is a picture, and so is 'image'.")]
    [InlineData("{\"corpus\":\"problems\",\"item\":\"p\",\"text\":\"x\",\"convention\":\"am30\"}", 422, "convention-mismatch", "was prepared with ms25, the query asks for am30")]
    [InlineData("{\"image\":\"AAAA\",\"text\":\"x\"}", 422, "picture-unusable", "unsupported: ")]
    [InlineData("{\"image\":{\"blob\":\"x\"},\"text\":\"x\"}", 422, "picture-unusable", "not a SHA-256")]
    public async Task Explain_WrongRequest_ItsProblem(string body, int status, string type, string detail)
    {
        await Fill("problems");

        await ProblemTests.AssertProblem(await fixture.Post("/v1/explain", body), status, type, detail);
    }

    /// <summary>A corpus of the picture <c>p</c> and the text <c>t</c>; filling it twice changes nothing.</summary>
    async Task Fill(string corpus)
    {
        if (await fixture.Client.FindCorpus(corpus) is null)
            await fixture.Client.CreateCorpus(new CorpusCreation(corpus));
        await fixture.Client.Upsert(corpus, new ItemBatch([new ItemInput("p") { Image = Picture }, new ItemInput("t") { Text = Text }]));
    }
}
