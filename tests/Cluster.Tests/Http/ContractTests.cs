using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>The shapes of answers, byte names as they travel, and the reference's numbers in them.</summary>
public sealed class ContractTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    /// <summary>Of the reference: probabilities within 2e-5, embeddings within 1e-5, logits within 2e-4 (golden README).</summary>
    const float ProbabilityTolerance = 2e-5f, EmbeddingTolerance = 1e-5f, LogitTolerance = 2e-4f;

    static readonly string Caption = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")))
        .RootElement[0].GetProperty("caption")[0].GetString()!;

    [Fact]
    public async Task Retrieval_OnePair_ThePipelinesShapeAndTheReferencesNumbers()
    {
        var expected = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "itm_logits.npy")).Data[0];
        foreach (var name in new[] { "text", "question" })
        {
            var answer = await PostJson("/v1/image-text-retrieval", new Dictionary<string, object>
            {
                ["image"] = "data:image/png;base64," + Convert.ToBase64String(HttpFixture.Picture(0)),
                [name] = Caption,
            });

            var scores = answer.GetProperty("scores").Deserialize<float[]>()!;
            Assert.Equal(2, scores.Length);
            Assert.Equal(1, scores[0] + scores[1], ProbabilityTolerance);
            Assert.Equal(expected, answer.GetProperty("itm_logit").GetSingle(), LogitTolerance);
            Assert.Equal(scores[1], 1 / (1 + MathF.Exp(-(MathF.Log(scores[1]) - MathF.Log(scores[0])))), ProbabilityTolerance);
        }
    }

    [Fact]
    public async Task Retrieval_Lists_AllZippedAndChosenPairsAgree()
    {
        PictureInput[] images = [PictureInput.OfData(HttpFixture.Picture(0)), PictureInput.OfData(HttpFixture.Picture(1))];
        string[] texts = [Caption, "a blue star"];
        var all = (await fixture.Client.Score(new RetrievalRequest { Image = images, Text = texts })).Data!;
        var zip = (await fixture.Client.Score(new RetrievalRequest { Image = images, Text = texts, Pairs = PairSelection.Zipped })).Data!;
        var chosen = (await fixture.Client.Score(
            new RetrievalRequest { Image = images, Text = texts, Pairs = PairSelection.Of([(1, 0), (0, 0), (1, 0)]) })).Data!;

        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], all.Select(pair => (pair.Image, pair.Text)));
        Assert.Equal([(0, 0), (1, 1)], zip.Select(pair => (pair.Image, pair.Text)));
        Assert.Equal([(1, 0), (0, 0), (1, 0)], chosen.Select(pair => (pair.Image, pair.Text)));
        foreach (var pair in zip.Concat(chosen))
        {
            var same = all.Single(other => (other.Image, other.Text) == (pair.Image, pair.Text));
            Assert.Equal(same.ItmLogit!.Value, pair.ItmLogit!.Value, LogitTolerance);
            Assert.Equal(same.ItcSimilarity!.Value, pair.ItcSimilarity!.Value, EmbeddingTolerance);
        }
    }

    [Fact]
    public async Task Retrieval_OneBadPictureInAList_OnlyItsPairsHaveErrors()
    {
        var scored = await fixture.Client.Score(new RetrievalRequest
        {
            Image = new[]
            {
                PictureInput.OfData([1, 2, 3]), PictureInput.OfData(HttpFixture.Picture(0)), PictureInput.OfBlob(new string('0', 64)),
                PictureInput.OfBlob("x"), PictureInput.OfData(new byte[HttpFixture.MaxPictureBytes + 1]),
            },
            Text = new[] { Caption },
        });

        Assert.Equal(["unsupported", null, "missing", "invalid", "too_large"], scored.Data!.Select(pair => pair.Error?.Code));
        Assert.Equal([false, true, false, false, false], scored.Data!.Select(pair => pair.ItmLogit is not null));
    }

    [Fact]
    public async Task Embeddings_StringInput_OpenAiShapeAndTheReferencesNumbers()
    {
        var expected = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "text_embedding.npy"));
        var answer = await PostJson("/v1/embeddings", new { model = "mplug", input = Caption, encoding_format = "float" });

        Assert.Equal("list", answer.GetProperty("object").GetString());
        Assert.Equal("mplug", answer.GetProperty("model").GetString());
        var datum = answer.GetProperty("data")[0];
        Assert.Equal(("embedding", 0), (datum.GetProperty("object").GetString(), datum.GetProperty("index").GetInt32()));
        Assert.False(datum.TryGetProperty("error", out _));
        AssertClose(expected.Data[..expected.Shape[1]], datum.GetProperty("embedding").Deserialize<float[]>()!);
        var usage = answer.GetProperty("usage");
        Assert.True(usage.GetProperty("prompt_tokens").GetInt32() > 2);
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Embeddings_MixedInputAndBase64_InOrderWithPerItemErrors()
    {
        var images = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "image_embedding.npy"));
        var uri = "data:image/png;base64," + Convert.ToBase64String(HttpFixture.Picture(0));
        var answer = await PostJson("/v1/embeddings", new
        {
            input = new object[] { "a star", uri, new { image = "AAAA" }, new { text = "a star" } },
            encoding_format = "base64",
        });

        var data = answer.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3], data.Select(datum => datum.GetProperty("index").GetInt32()));
        Assert.Equal("unsupported", data[2].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("", data[2].GetProperty("embedding").GetString());
        Assert.All([0, 1, 3], i => Assert.False(data[i].TryGetProperty("error", out _)));
        Assert.Equal(data[0].GetProperty("embedding").GetString(), data[3].GetProperty("embedding").GetString());
        AssertClose(images.Data[..images.Shape[1]], MemoryMarshal.Cast<byte, float>(data[1].GetProperty("embedding").GetBytesFromBase64()).ToArray());
    }

    [Fact]
    public async Task Embeddings_BadInputAllOrNothing_TheProblemListsThem()
    {
        const string Input = "\"input\":[\"a star\",{\"image\":\"AAAA\"},{\"image\":{\"blob\":\"0\"}}]";
        using var some = await fixture.Post("/v1/embeddings", $"{{{Input}}}");
        using var none = await fixture.Post("/v1/embeddings", $"{{{Input},\"allow_partial\":false}}");

        Assert.Equal(HttpStatusCode.OK, some.StatusCode);
        var data = (await some.Content.ReadFromJsonAsync<EmbeddingResponse>(ApiJson.Options))!.Data;
        Assert.Equal([64, 0, 0], data.Select(datum => datum.Embedding.Values.Length));
        var problem = (await none.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!;
        Assert.Equal((422, "urn:mplug:inputs-unusable"), (problem.Status, problem.Type));
        Assert.StartsWith("2 of 3 inputs cannot be used, the first is number 1: unsupported: ", problem.Detail);
        Assert.Equal(data.Where(datum => datum.Error is not null).Select(datum => new InputFault(datum.Index, datum.Error!)), problem.Errors!);
    }

    [Fact]
    public async Task Models_Always_TheOneWithItsFingerprint()
    {
        var answer = await fixture.Http.GetFromJsonAsync<JsonElement>("/v1/models");

        Assert.Equal("list", answer.GetProperty("object").GetString());
        var model = answer.GetProperty("data")[0];
        Assert.Equal(("mplug", "model", "ms25", 64), (model.GetProperty("id").GetString(), model.GetProperty("object").GetString(),
            model.GetProperty("convention").GetString(), model.GetProperty("embedding_size").GetInt32()));
        Assert.Equal(32, model.GetProperty("fingerprint").GetString()!.Length);
    }

    [Fact]
    public async Task Corpus_Life_CreateFillListSearchRemoveDelete()
    {
        var created = await fixture.Client.CreateCorpus(new CorpusCreation("life"));
        Assert.Equal((0, 0, "ms25"), (created.Pictures, created.Texts, created.Convention));

        ItemInput[] items = [.. Enumerable.Range(0, 5).Select(i => new ItemInput($"p{i}", PictureInput.OfData(HttpFixture.Picture(i)), null, $"s{i}"))];
        var filled = await fixture.Client.Upsert("life", new ItemBatch(
            [.. items, new ItemInput("t", null, "a red circle"), new ItemInput("bad", PictureInput.OfData([1])), new ItemInput("p0", null, "twice")]));
        Assert.Equal(
            ["added", "added", "added", "added", "added", "added", "failed", "duplicate"], filled.Items.Select(item => item.Outcome));
        Assert.Equal("unsupported", filled.Items[6].Error!.Code);
        Assert.Equal((5, 1), (filled.Corpus.Pictures, filled.Corpus.Texts));

        var again = await fixture.Client.Upsert("life", new ItemBatch([items[0], items[1] with { Source = "newer" }]));
        Assert.Equal(["unchanged", "replaced"], again.Items.Select(item => item.Outcome));
        Assert.Equal(0, again.Features.ImagesEncoded);

        var listed = await fixture.Client.Items("life").ToArrayAsync();
        Assert.Equal(["p0", "p1", "p2", "p3", "p4", "t"], listed.Select(item => item.Id));
        Assert.Equal(("picture", "newer"), (listed[1].Kind, listed[1].Source));
        Assert.Contains("life", (await fixture.Client.Corpora()).Data.Select(corpus => corpus.Name));

        var found = await fixture.Client.Search("life", new SearchRequest { Text = Caption, Top = 3 });
        Assert.Equal([1, 2, 3], found.Results.Select(result => result.Rank));
        Assert.Equal("p0", found.Results[0].Id);
        Assert.Equal((5, 5, 1, 1), (found.Candidates, found.Reranked, found.ShardsAnswered, found.ShardsTotal));
        Assert.Equal(found.Results.OrderByDescending(result => result.ItmLogit), found.Results);

        Assert.Equal(["p0", "t"], (await fixture.Client.Remove("life", ["p0", "none", "t"])).Removed.Order());
        Assert.DoesNotContain("p0", (await fixture.Client.Search("life", new SearchRequest { Text = Caption })).Results.Select(result => result.Id));
        await fixture.Client.DeleteCorpus("life");
        Assert.Null(await fixture.Client.FindCorpus("life"));
        await fixture.Client.CreateCorpus(new CorpusCreation("life"));
        Assert.Empty((await fixture.Client.Search("life", new SearchRequest { Text = Caption })).Results);
        await fixture.Client.Upsert("life", new ItemBatch([items[3]]));
        Assert.Equal(["p3"], (await fixture.Client.Search("life", new SearchRequest { Text = Caption })).Results.Select(result => result.Id));
    }

    [Fact]
    public async Task Search_PictureForPicturesAndTexts_ItmOnlyAgainstTexts()
    {
        await fixture.Client.CreateCorpus(new CorpusCreation("both"));
        await fixture.Client.Upsert("both", new ItemBatch(
        [
            new ItemInput("p0", PictureInput.OfData(HttpFixture.Picture(0))), new ItemInput("p1", PictureInput.OfData(HttpFixture.Picture(1))),
            new ItemInput("right", null, Caption), new ItemInput("wrong", null, "a yellow cross on grass"),
        ]));
        var query = PictureInput.OfData(HttpFixture.Picture(0));

        var texts = await fixture.Client.Search("both", new SearchRequest { Image = query });
        Assert.Equal(["right", "wrong"], texts.Results.Select(result => result.Id));
        Assert.All(texts.Results, result => Assert.InRange(result.ItmProbability!.Value, 0, 1));

        var pictures = await fixture.Client.Search("both", new SearchRequest { Image = query, Kind = "picture" });
        Assert.Equal("p0", pictures.Results[0].Id);
        Assert.Equal(1, pictures.Results[0].ItcSimilarity, EmbeddingTolerance);
        Assert.All(pictures.Results, result => Assert.Null(result.ItmLogit));
        Assert.Equal((0, 0), (pictures.Candidates, pictures.Reranked));

        var unranked = await fixture.Client.Search("both", new SearchRequest { Text = Caption, Rerank = false });
        Assert.All(unranked.Results, result => Assert.Null(result.ItmLogit));
        Assert.Equal(unranked.Results.Select(result => result.RankItc), unranked.Results.Select(result => result.Rank));
    }

    [Fact]
    public async Task Search_Filter_OnlyItemsWhoseMetadataFit()
    {
        await fixture.Client.CreateCorpus(new CorpusCreation("filtered"));
        await fixture.Client.Upsert("filtered", new ItemBatch([.. Enumerable.Range(0, 6).Select(i => new ItemInput(
            $"p{i}", PictureInput.OfData(HttpFixture.Picture(i)), Metadata: Json($"{{\"year\": {2000 + i}, \"tag\": \"{"ab"[i % 2]}\"}}")))]));

        var found = await fixture.Client.Search(
            "filtered", new SearchRequest { Text = Caption, Filter = Json("""{"year": {"gte": 2001, "lt": 2005}, "tag": {"in": ["a", "c"]}}""") });

        Assert.Equal(["p2", "p4"], found.Results.Select(result => result.Id).Order());
        Assert.All(found.Results, result => Assert.Equal("a", result.Metadata!.Value.GetProperty("tag").GetString()));
        Assert.Equal(2003, (await fixture.Client.Items("filtered").ToArrayAsync())[3].Metadata!.Value.GetProperty("year").GetInt32());

        static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
    }

    [Fact]
    public async Task Search_CutAndExplained_OnlyTheGoodOnesAndHowTheyWereFound()
    {
        await fixture.Client.CreateCorpus(new CorpusCreation("cut"));
        await fixture.Client.Upsert("cut", new ItemBatch(
            [.. Enumerable.Range(0, 8).Select(i => new ItemInput($"p{i}", PictureInput.OfData(HttpFixture.Picture(i))))]));
        var all = await fixture.Client.Search("cut", new SearchRequest { Text = Caption });
        Assert.Null(all.Explanation);
        var probability = all.Results[0].ItmProbability!.Value;

        var best = await fixture.Client.Search("cut", new SearchRequest { Text = Caption, MinProbability = probability, Explain = true });
        var none = await fixture.Client.Search("cut", new SearchRequest { Text = Caption, RelativeCutoff = 1, Rerank = false, Explain = true });

        Assert.Equal(["p0"], best.Results.Select(result => result.Id));
        Assert.Equal(("ms25", "picture", 8, 7), (best.Explanation!.Convention, best.Explanation.ItemsSearched, best.Explanation.Found, best.Explanation.LeftOut));
        Assert.True(best.Explanation.TokenIds!.Count > 2);
        Assert.InRange(best.Explanation.BudgetLeftMs, 0, best.Explanation.BudgetMs);
        Assert.Single(none.Results);
    }

    [Fact]
    public async Task Adopt_AnotherCorpus_ItsContentUnderTheOldName()
    {
        await fixture.Client.CreateCorpus(new CorpusCreation("old"));
        await fixture.Client.Upsert("old", new ItemBatch([new ItemInput("p0", PictureInput.OfData(HttpFixture.Picture(0)))]));
        Assert.Equal(["p0"], (await fixture.Client.Search("old", new SearchRequest { Text = Caption })).Results.Select(result => result.Id));
        await fixture.Client.CreateCorpus(new CorpusCreation("next", "am30"));
        await fixture.Client.Upsert("next", new ItemBatch([new ItemInput("p1", PictureInput.OfData(HttpFixture.Picture(1)))]));

        var adopted = await fixture.Client.Adopt("old", "next");

        Assert.Equal(("old", "am30", 1), (adopted.Name, adopted.Convention, adopted.Pictures));
        await fixture.Client.DeleteCorpus("next");
        Assert.Equal(["p1"], (await fixture.Client.Search("old", new SearchRequest { Text = Caption })).Results.Select(result => result.Id));
    }

    [Fact]
    public async Task Search_CandidatesFewerThanTop_RerankedFirstThenByItc()
    {
        await fixture.Client.CreateCorpus(new CorpusCreation("few"));
        await fixture.Client.Upsert("few", new ItemBatch(
            [.. Enumerable.Range(0, 12).Select(i => new ItemInput($"p{i:00}", PictureInput.OfData(HttpFixture.Picture(i))))]));

        var found = await fixture.Client.Search("few", new SearchRequest { Text = "a star", Candidates = 4, Top = 12 });

        Assert.Equal(12, found.Results.Count);
        Assert.Equal([.. Enumerable.Range(1, 4)], found.Results.Take(4).Select(result => result.RankItc).Order());
        Assert.Equal([.. Enumerable.Range(5, 8)], found.Results.Skip(4).Select(result => result.RankItc));
    }

    [Fact]
    public async Task Blobs_SameContentTwice_201Then200()
    {
        var content = HttpFixture.Picture(30);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));

        Assert.False(await fixture.Client.HasBlob(hash));
        Assert.Equal(HttpStatusCode.Created, (await fixture.Http.PutAsync($"/v1/blobs/{hash}", new ByteArrayContent(content))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Http.PutAsync($"/v1/blobs/{hash}", new ByteArrayContent(content))).StatusCode);
        Assert.True(await fixture.Client.HasBlob(hash));
    }

    [Fact]
    public async Task Readyz_AfterTheFirstCanary_Ready()
    {
        await fixture.Client.Embed(new EmbeddingRequest { Input = new EmbeddingInput("x", null) });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await fixture.Http.GetAsync("/readyz", limit.Token)).StatusCode != HttpStatusCode.OK)
            await Task.Yield();

        Assert.Equal("ready", (await fixture.Http.GetFromJsonAsync<JsonElement>("/readyz")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Client_ServerError_CarriesTheProblem()
    {
        var failure = await Assert.ThrowsAsync<MplugApiException>(() => fixture.Client.Search("none", new SearchRequest { Text = "x" }));

        Assert.Equal(("urn:mplug:corpus-not-found", 404), (failure.Problem.Type, failure.Problem.Status));
        Assert.Equal("There is no such corpus. There is no corpus 'none'.", failure.Message);
    }

    async Task<JsonElement> PostJson(string path, object body)
    {
        using var response = await fixture.Http.PostAsJsonAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    static void AssertClose(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, EmbeddingTolerance));
    }
}
