using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Every error that a client can cause has its own type, status and a message that helps.</summary>
public sealed class ProblemTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    static readonly string NoHash = new('0', 64);

    [Theory]
    [InlineData("/v1/corpora", "{", 400, "invalid-request", "The body is not valid JSON: Expected depth to be zero at the end of the JSON payload.")]
    [InlineData("/v1/corpora", "{\n\"name\": x}", 400, "invalid-request", "(line 2, byte 9).")]
    [InlineData("/v1/corpora", "{}", 400, "invalid-request", "Missing: 'name'.")]
    [InlineData("/v1/corpora", "[]", 400, "invalid-request", "The body must be a JSON object.")]
    [InlineData("/v1/corpora", "null", 400, "invalid-request", "The request has no body; a JSON object is expected.")]
    [InlineData("/v1/corpora", "", 400, "invalid-request", "The request has no body; a JSON object is expected.")]
    [InlineData("/v1/corpora", "{\"name\":null}", 400, "invalid-request", "'name' must not be null.")]
    [InlineData("/v1/corpora", "{\"name\":5}", 400, "invalid-request", "'name' must be a text.")]
    [InlineData("/v1/corpora/c/search", "{\"text\":\"x\",\"top\":5.5}", 400, "invalid-request", "'top' must be a whole number.")]
    [InlineData("/v1/corpora/c/search", "{\"text\":\"x\",\"rerank\":\"yes\"}", 400, "invalid-request", "'rerank' must be true or false.")]
    [InlineData("/v1/corpora/c/search", "{\"text\":\"x\",\"min_probability\":\"a\"}", 400, "invalid-request", "'min_probability' must be a number.")]
    [InlineData("/v1/corpora/c/search", "{\"text\":\"x\",\"tip\":3}", 400, "invalid-request", "'tip' is not a member here; there are text, image, ")]
    [InlineData("/v1/rerank", "{\"query\":\"a\",\"documents\":\"b\"}", 400, "invalid-request", "'documents' must be a list.")]
    [InlineData("/v1/corpora", "{\"name\":\"Not A Name\"}", 400, "invalid-request", "'Not A Name' is not a corpus name")]
    [InlineData("/v1/corpora", "{\"name\":\"c\",\"convention\":\"x\"}", 400, "invalid-request", "'x' is not a convention; ms25, am30 are.")]
    [InlineData("/v1/corpora", "{\"name\":\"c\",\"shards\":3}", 400, "invalid-request", "shards")]
    [InlineData("/v1/corpora/none/search", "{\"text\":\"x\"}", 404, "corpus-not-found", "There is no corpus 'none'.")]
    [InlineData("/v1/corpora/none/items", "{\"items\":[{\"id\":\"a\",\"text\":\"x\"}]}", 404, "corpus-not-found", "none")]
    [InlineData("/v1/corpora/none/items", "{\"items\":[]}", 400, "invalid-request", "There are 0 items; 1 to 1000 are allowed.")]
    [InlineData("/v1/corpora/none/items", "{\"items\":[{\"id\":\"a\"}]}", 400, "invalid-request", "it needs either an image or a text")]
    [InlineData("/v1/corpora/none/items", "{\"items\":[{\"id\":\"\",\"text\":\"x\"}]}", 400, "invalid-request", "its id has 0 characters")]
    [InlineData("/v1/corpora/none/items/delete", "{\"ids\":[]}", 400, "invalid-request", "There are 0 ids")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":\"AAAA\"}", 400, "invalid-request", "either 'text' or 'question'")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":\"AAAA\",\"text\":\"x\"}", 422, "picture-unusable", "unsupported: ")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":\"no base64!\",\"text\":\"x\"}", 422, "picture-unusable", "data URI, base64 or a URL")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":\"https://example.org/a.png\",\"text\":\"x\"}", 422, "picture-url-refused", "does not fetch")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":[\"AAAA\"],\"text\":[\"x\",\"y\"],\"pairs\":\"zip\"}", 400, "invalid-request", "'zip' pairs 1 images with 2 texts")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":[\"AAAA\"],\"text\":[\"x\"],\"pairs\":[[0,1]]}", 400, "invalid-request", "[0, 1] is not among 1 images and 1 texts")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":[\"AAAA\"],\"text\":[null]}", 400, "invalid-request", "null")]
    [InlineData("/v1/embeddings", "{\"input\":\"x\",\"model\":\"gpt\"}", 404, "model-not-found", "There is no model 'gpt'")]
    [InlineData("/v1/embeddings", "{\"input\":\"x\",\"dimensions\":3}", 400, "invalid-request", "'dimensions' is 3; embeddings of this model have 64 numbers")]
    [InlineData("/v1/embeddings", "{\"input\":{\"image\":\"AAAA\"}}", 422, "picture-unusable", "unsupported: ")]
    [InlineData("/v1/embeddings", "{\"input\":[{\"image\":\"AAAA\"}],\"allow_partial\":false}", 422, "inputs-unusable", "1 of 1 inputs cannot be used")]
    [InlineData("/v1/embeddings", "{\"input\":[]}", 400, "invalid-request", "There are 0 inputs")]
    [InlineData("/v1/embeddings", "{\"input\":[3]}", 400, "invalid-request", "An input is a string")]
    [InlineData("/v1/embeddings", "{\"input\":\"x\",\"encoding_format\":\"hex\"}", 400, "invalid-request", "'hex' is not an encoding format")]
    [InlineData("/v1/corpora/none/items", "{\"items\":[null]}", 400, "invalid-request", "The list of items holds a null.")]
    [InlineData("/v1/corpora/none/items/delete", "{\"ids\":[null]}", 400, "invalid-request", "The list of ids holds a null.")]
    [InlineData("/v1/corpora/none/items", "{\"items\":[{\"id\":\"a\",\"text\":\"x\"}],\"budget_ms\":900000}", 400, "invalid-request", "'budget_ms' is 900000; 1 to 240000 are allowed.")]
    [InlineData("/v1/embeddings", "{\"input\":\"x\",\"budget_ms\":-1}", 400, "invalid-request", "'budget_ms' is -1")]
    [InlineData("/v1/embeddings", "{\"input\":{\"image\":null}}", 400, "invalid-request", "An input is a string")]
    [InlineData("/v1/image-text-retrieval", "{\"image\":\"AAAA\",\"text\":\"x\",\"budget_ms\":0}", 400, "invalid-request", "'budget_ms' is 0")]
    [InlineData("/v1/nothing", "{}", 404, "not-found", "There is nothing at '/v1/nothing'.")]
    [InlineData("/v1/models", "{}", 404, "not-found", "POST /v1/models")]
    public async Task Post_WrongRequest_ItsProblem(string path, string body, int status, string type, string detail) =>
        await AssertProblem(await fixture.Post(path, body), status, type, detail);

    [Fact]
    public async Task Post_TextWithoutEnd_400()
    {
        var text = new string('x', 10_001);
        foreach (var (path, body) in new[]
        {
            ("/v1/embeddings", $"{{\"input\":\"{text}\"}}"), ("/v1/image-text-retrieval", $"{{\"image\":\"AAAA\",\"text\":\"{text}\"}}"),
        })
        {
            await AssertProblem(await fixture.Post(path, body), 400, "invalid-request", "A text has 10001 characters, at most 10000 are allowed.");
        }
    }

    [Fact]
    public async Task Post_NoJson_415() => await AssertProblem(
        await fixture.Post("/v1/corpora", "name=c", "application/x-www-form-urlencoded"), 415, "unsupported-media-type", "application/x-www-form-urlencoded");

    [Fact]
    public async Task Post_NameTaken_409()
    {
        await fixture.Post("/v1/corpora", "{\"name\":\"taken\"}");

        await AssertProblem(await fixture.Post("/v1/corpora", "{\"name\":\"taken\"}"), 409, "corpus-exists", "'taken'");
    }

    [Fact]
    public async Task Get_CorpusWhoseFilesAreDamaged_503NamesTheFile()
    {
        Directory.CreateDirectory(Path.Combine(fixture.StorePath, "corpora", "broken"));
        await File.WriteAllTextAsync(Path.Combine(fixture.StorePath, "corpora", "broken", "manifest.json"), "{");

        await AssertProblem(
            await fixture.Http.GetAsync("/v1/corpora/broken"), 503, "store-failed", "The manifest of corpus 'broken' is damaged: ");
        var list = await fixture.Client.Corpora();
        Assert.Contains("damaged", Assert.Single(list.Faults, fault => fault.Name == "broken").Message);
        await AssertProblem(await fixture.Post("/v1/corpora/broken/search", "{\"text\":\"x\"}"), 503, "store-failed", "damaged");
        await fixture.Client.DeleteCorpus("broken");
        Assert.Null(await fixture.Client.FindCorpus("broken"));
        await fixture.Client.CreateCorpus(new Gateway.Api.CorpusCreation("broken"));
    }

    [Fact]
    public async Task Adopt_NoSuchCorpusOrItself_ItsProblem()
    {
        await fixture.Post("/v1/corpora", "{\"name\":\"heir\"}");

        await AssertProblem(await fixture.Post("/v1/corpora/heir/adopt", "{\"from\":\"none\"}"), 404, "corpus-not-found", "'none'");
        await AssertProblem(await fixture.Post("/v1/corpora/none/adopt", "{\"from\":\"heir\"}"), 404, "corpus-not-found", "'none'");
        await AssertProblem(await fixture.Post("/v1/corpora/heir/adopt", "{\"from\":\"heir\"}"), 400, "invalid-request", "cannot take over itself");
    }

    [Theory]
    [InlineData("[1]", "Item 0 ('a'): its metadata is not an object.")]
    [InlineData("{\"x\":\"LONG\"}", "Item 0 ('a'): its metadata has 20008 bytes, at most 16384 are allowed.")]
    public async Task Upsert_WrongMetadata_400(string metadata, string detail)
    {
        await fixture.Post("/v1/corpora", "{\"name\":\"marked\"}");
        var body = $"{{\"items\":[{{\"id\":\"a\",\"text\":\"x\",\"metadata\":{metadata.Replace("LONG", new string('y', 20_000))}}}]}}";

        await AssertProblem(await fixture.Post("/v1/corpora/marked/items", body), 400, "invalid-request", detail);
    }

    [Theory]
    [InlineData("/v1/corpora?limit=0", 400, "invalid-request", "'limit' is 0; 1 to 100 are allowed.")]
    [InlineData("/v1/jobs?limit=101", 400, "invalid-request", "'limit' is 101; 1 to 100 are allowed.")]
    [InlineData("/v1/corpora/none/items?limit=-1", 400, "invalid-request", "'limit' is -1; 1 to 1000 are allowed.")]
    [InlineData("/v1/corpora/none/items?limit=501&embeddings=true", 400, "invalid-request", "'limit' is 501; 1 to 500 are allowed.")]
    [InlineData("/v1/corpora?limit=ten", 400, "invalid-request", "'limit' is 'ten'; it must be a whole number.")]
    [InlineData("/v1/corpora/none/items?embeddings=perhaps", 400, "invalid-request", "'embeddings' is 'perhaps'; it must be true or false.")]
    [InlineData("/v1/models/gpt", 404, "model-not-found", "There is no model 'gpt'")]
    public async Task Get_WrongRequest_ItsProblem(string path, int status, string type, string detail) =>
        await AssertProblem(await fixture.Http.GetAsync(path), status, type, detail);

    [Fact]
    public async Task Problem_AsItIsSent_ReadsAsItWasWritten()
    {
        using var response = await fixture.Post("/v1/corpora/none/search", "{\"text\":\"x\"}");

        Assert.Contains("There is no corpus 'none'.", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Model_ByItsName_IsTheOneOfTheList()
    {
        var served = await fixture.Client.Model();

        Assert.Equal(served, await fixture.Http.GetFromJsonAsync<Gateway.Api.ModelInfo>("/v1/models/mplug", Gateway.Api.ApiJson.Options));
        Assert.Equal(served, await fixture.Http.GetFromJsonAsync<Gateway.Api.ModelInfo>($"/v1/models/{served.Fingerprint}", Gateway.Api.ApiJson.Options));
    }

    [Fact]
    public async Task Get_NoCorpus_404() => await AssertProblem(await fixture.Http.GetAsync("/v1/corpora/none"), 404, "corpus-not-found", "none");

    [Fact]
    public async Task Delete_NoCorpus_404() =>
        await AssertProblem(await fixture.Http.DeleteAsync("/v1/corpora/none"), 404, "corpus-not-found", "none");

    [Theory]
    [InlineData("{}", 400, "invalid-request", "either 'text' or 'image'")]
    [InlineData("{\"text\":\"x\",\"image\":\"AAAA\"}", 400, "invalid-request", "either 'text' or 'image'")]
    [InlineData("{\"text\":\"x\",\"top\":0}", 400, "invalid-request", "'top' is 0; 1 to 1000 are allowed.")]
    [InlineData("{\"text\":\"x\",\"candidates\":100000}", 400, "invalid-request", "'candidates' is 100000")]
    [InlineData("{\"text\":\"x\",\"min_probability\":2}", 400, "invalid-request", "'min_probability' is 2; 0 to 1 are allowed.")]
    [InlineData("{\"text\":\"x\",\"min_probability\":0.5,\"rerank\":false}", 400, "invalid-request", "reranks nothing; use 'relative_cutoff'")]
    [InlineData("{\"text\":\"x\",\"budget_ms\":0}", 400, "invalid-request", "'budget_ms' is 0")]
    [InlineData("{\"text\":\"x\",\"kind\":\"video\"}", 400, "invalid-request", "'video' is not a kind of item")]
    [InlineData("{\"text\":\"x\",\"filter\":[]}", 400, "invalid-request", "A filter is an object")]
    [InlineData(
        "{\"text\":\"x\",\"filter\":{\"year\":{\"near\":3}}}", 400, "invalid-request",
        "The filter of 'year' has the operator 'near', which there is not; eq, in, gt, gte, lt and lte are.")]
    [InlineData("{\"text\":\"x\",\"convention\":\"am30\"}", 422, "convention-mismatch", "was prepared with ms25, the query asks for am30")]
    [InlineData("{\"text\":\"x\",\"kind\":\"text\",\"rerank\":true}", 422, "rerank-impossible", "both texts")]
    [InlineData("{\"image\":\"AAAA\",\"kind\":\"picture\",\"rerank\":true}", 422, "rerank-impossible", "both pictures")]
    [InlineData("{\"image\":\"AAAA\"}", 422, "picture-unusable", "unsupported")]
    [InlineData("{\"image\":{\"blob\":\"x\"}}", 422, "picture-unusable", "not a SHA-256")]
    public async Task Search_WrongRequest_ItsProblem(string body, int status, string type, string detail)
    {
        await fixture.Post("/v1/corpora", "{\"name\":\"queries\"}");

        await AssertProblem(await fixture.Post("/v1/corpora/queries/search", body), status, type, detail);
    }

    [Fact]
    public async Task Blob_NotThereWrongHashOrTooLarge_ItsProblem()
    {
        using var head = await fixture.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v1/blobs/{NoHash}"));
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        await AssertProblem(await fixture.Http.PutAsync("/v1/blobs/abc", new ByteArrayContent([1])), 400, "invalid-request", "not a SHA-256");
        await AssertProblem(await fixture.Http.PutAsync($"/v1/blobs/{NoHash}", new ByteArrayContent([1])), 422, "hash-mismatch", NoHash);
        using var large = new HttpRequestMessage(HttpMethod.Put, $"/v1/blobs/{NoHash}")
        {
            Content = new ByteArrayContent(new byte[HttpFixture.MaxPictureBytes + 1]),
        };
        large.Headers.ExpectContinue = true;
        await AssertProblem(await fixture.Http.SendAsync(large), 413, "too-large", $"more than {HttpFixture.MaxPictureBytes} bytes");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer 0123456789abcdeF")]
    [InlineData("Basic 0123456789abcdef")]
    public async Task AnyRequest_WithoutTheToken_401(string authorization)
    {
        using var http = new HttpClient { BaseAddress = fixture.Address };
        if (authorization.Length > 0)
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        var answer = await http.GetAsync("/v1/models");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        await AssertProblem(answer, 401, "unauthorized", authorization.Length > 0 ? "The key that was sent is none of this server's." : "Send a key of this server");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/livez")).StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("10.0.0.1")]
    [InlineData("localhost.evil.example")]
    public async Task AnyRequest_ForAnotherHost_403(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = host;

        await AssertProblem(await fixture.Http.SendAsync(request), 403, "foreign-host", host);
    }

    internal static async Task AssertProblem(HttpResponseMessage response, int status, string type, string detail)
    {
        using (response)
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(("application/problem+json", status), (response.Content.Headers.ContentType!.MediaType, (int)response.StatusCode));
            Assert.Equal((status, $"urn:mplug:{type}"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("type").GetString()));
            Assert.NotEmpty(problem.GetProperty("title").GetString()!);
            Assert.Contains(detail, problem.GetProperty("detail").GetString());
        }
    }
}
