using System.Net.Http.Json;
using System.Text.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>Every error of a job's request has its type, status and message; none of them makes a job.</summary>
public sealed class JobProblemTests(HttpFixture fixture) : IClassFixture<HttpFixture>, IAsyncLifetime
{
    const string Rank = "\"kind\":\"rank\",\"corpus\":\"jobs\"";

    public async ValueTask InitializeAsync()
    {
        if (await fixture.Client.FindCorpus("jobs") is null)
            await fixture.Client.CreateCorpus(new CorpusCreation("jobs"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("{}", 400, "invalid-request", "A job needs a 'kind': rank, score, evaluate, ingest.")]
    [InlineData("{\"kind\":\"sort\"}", 400, "invalid-request", "'sort' is not a kind of job; rank, score, evaluate, ingest are.")]
    [InlineData("{\"kind\":\"score\",\"corpus\":\"c\",\"pairs\":[]}", 400, "invalid-request", "'corpus' belongs to rank and ingest jobs; this is one of kind 'score'.")]
    [InlineData("{\"kind\":\"rank\",\"pairs\":[]}", 400, "invalid-request", "'pairs' belongs to score jobs; this is one of kind 'rank'.")]
    [InlineData("{\"kind\":\"rank\",\"shards\":1}", 400, "invalid-request", "shards")]
    [InlineData("{\"kind\":\"rank\",\"max_hours\":0}", 400, "invalid-request", "'max_hours' is 0; it must be above 0.")]
    [InlineData("{\"kind\":\"rank\",\"retention_days\":0}", 400, "invalid-request", "'retention_days' is 0; 1 to 3650 are allowed.")]
    [InlineData("{" + Rank + "}", 400, "invalid-request", "A rank job needs either 'queries' or 'input'.")]
    [InlineData("{" + Rank + ",\"queries\":5}", 400, "invalid-request", "their number is enough only for a plan")]
    [InlineData("{" + Rank + ",\"queries\":[]}", 400, "invalid-request", "There are 0 queries; at least 1 is needed.")]
    [InlineData("{" + Rank + ",\"queries\":[null]}", 400, "invalid-request", "The list of queries holds a null.")]
    [InlineData("{" + Rank + ",\"queries\":\"x\"}", 400, "invalid-request", "Queries are a list; for a plan also their number.")]
    [InlineData("{" + Rank + ",\"queries\":[{\"id\":\"a\"}]}", 400, "invalid-request", "Query 1 ('a'): it needs either a text or an image.")]
    [InlineData("{" + Rank + ",\"queries\":[{\"id\":\"a\",\"words\":1}]}", 400, "invalid-request", "words")]
    [InlineData("{" + Rank + ",\"queries\":[{\"id\":\"\",\"text\":\"x\"}]}", 400, "invalid-request", "its id has 0 characters, 1 to 1024 are allowed")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\",{\"id\":\"1\",\"text\":\"x\"}]}", 400, "invalid-request", "Query 2 ('1'): another query has the same id.")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\",{\"image\":\"AAAA\"}]}", 400, "invalid-request", "1 of 2 queries are pictures")]
    [InlineData("{" + Rank + ",\"queries\":[{\"image\":{\"blob\":\"x\"}}]}", 422, "picture-unusable", "Query 1 ('1'): 'x' is not a SHA-256")]
    [InlineData("{" + Rank + ",\"queries\":[{\"image\":{\"source\":\"x\",\"path\":\"a\"}}]}", 400, "invalid-request", "'source' is 'x'; write folder:/path or azure:container/prefix.")]
    [InlineData("{" + Rank + ",\"queries\":[{\"image\":{\"source\":\"folder:/x\"}}]}", 400, "invalid-request", "A picture of a job is")]
    [InlineData("{" + Rank + ",\"queries\":[{\"image\":\"http://x/a.png\"}]}", 422, "picture-url-refused", "upload them")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"top\":0}", 400, "invalid-request", "'top' is 0; 1 to 1000 are allowed.")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"candidates\":0}", 400, "invalid-request", "'candidates' is 0; 1 to 10000 are allowed.")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"filter\":[]}", 400, "invalid-request", "A filter is an object, such as")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"kind_of_items\":\"video\"}", 400, "invalid-request", "'video' is not a kind of item")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"kind_of_queries\":\"text\"}", 400, "invalid-request", "'kind_of_queries' belongs to 'input'")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"kind_of_items\":\"text\",\"rerank\":true}", 422, "rerank-impossible", "both texts")]
    [InlineData("{" + Rank + ",\"queries\":[\"x\"],\"convention\":\"am30\"}", 422, "convention-mismatch", "was prepared with ms25, the query asks for am30")]
    [InlineData("{\"kind\":\"rank\",\"queries\":[\"x\"]}", 400, "invalid-request", "The job needs a 'corpus'.")]
    [InlineData("{\"kind\":\"rank\",\"corpus\":\"A B\",\"queries\":[\"x\"]}", 400, "invalid-request", "'A B' is not a corpus name")]
    [InlineData("{\"kind\":\"rank\",\"corpus\":\"none\",\"queries\":[\"x\"]}", 404, "corpus-not-found", "There is no corpus 'none'.")]
    [InlineData("{" + Rank + ",\"input\":{\"source\":\"/data\",\"path\":\"q.txt\"}}", 400, "invalid-request", "'input.source' is '/data'; write folder:/path")]
    [InlineData("{" + Rank + ",\"input\":{\"source\":\"folder:/data\",\"path\":\"\"}}", 400, "invalid-request", "'input.path' is empty")]
    [InlineData("{" + Rank + ",\"input\":{\"source\":\"folder:/data\",\"path\":\"q.xml\"}}", 400, "invalid-request", "'xml' is not a format of this job's input ('q.xml'); set 'input.format': jsonl, csv, parquet, txt.")]
    [InlineData("{" + Rank + ",\"input\":{\"source\":\"folder:/data\",\"path\":\"q.txt\"},\"kind_of_queries\":\"video\"}", 400, "invalid-request", "'video' is not a kind of query")]
    [InlineData("{\"kind\":\"score\"}", 400, "invalid-request", "A score job needs either 'pairs' or 'input'.")]
    [InlineData("{\"kind\":\"score\",\"pairs\":[]}", 400, "invalid-request", "There are 0 pairs")]
    [InlineData("{\"kind\":\"score\",\"pairs\":[null]}", 400, "invalid-request", "The list of pairs holds a null.")]
    [InlineData("{\"kind\":\"score\",\"pairs\":[{\"image\":\"AAAA\"}]}", 400, "invalid-request", "text")]
    [InlineData("{\"kind\":\"score\",\"pairs\":[{\"image\":\"AAAA\",\"text\":\"x\"}],\"min_probability\":2}", 400, "invalid-request", "'min_probability' is 2; 0 to 1 are allowed.")]
    [InlineData("{\"kind\":\"score\",\"pairs\":[{\"image\":\"AAAA\",\"text\":\"x\"}],\"convention\":\"x\"}", 400, "invalid-request", "'x' is not a convention")]
    [InlineData("{\"kind\":\"evaluate\"}", 400, "invalid-request", "An evaluate job needs either 'annotations' or 'input'.")]
    [InlineData("{\"kind\":\"evaluate\",\"annotations\":[]}", 400, "invalid-request", "There are 0 annotations")]
    [InlineData("{\"kind\":\"evaluate\",\"annotations\":[{\"image\":{\"blob\":\"x\"},\"captions\":\"a\"}]}", 422, "picture-unusable", "Annotation 1: 'x' is not a SHA-256")]
    [InlineData("{\"kind\":\"evaluate\",\"annotations\":[{\"image\":\"AAAA\",\"captions\":\"a\"}],\"resamples\":-1}", 400, "invalid-request", "'resamples' is -1; 0 to 100000 are allowed.")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\"}", 400, "invalid-request", "An ingest job needs a 'source'.")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"none\",\"source\":{\"address\":\"folder:/x\"}}", 404, "corpus-not-found", "none")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"s3:x\"}}", 400, "invalid-request", "'source.address' is 's3:x'")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"folder:/x\",\"kind\":\"zip\"}}", 400, "invalid-request", "'zip' is not a kind of source; folder, container, tar, jsonl, csv, parquet, upload are.")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"folder:/x\",\"kind\":\"csv\"}}", 400, "invalid-request", "A source of the kind 'csv' needs a 'source.path': the file.")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"upload:\",\"path\":\"x\"}}", 400, "invalid-request", "'source.address' is 'upload:'")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"upload:a\",\"path\":\"list.csv\",\"kind\":\"csv\"}}", 400, "invalid-request", "this one is 'upload:a' of the kind 'csv'")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"folder:/x\",\"kind\":\"upload\"}}", 400, "invalid-request", "this one is 'folder:/x' of the kind 'upload'")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"upload:a\",\"path\":\"../corpora\"}}", 400, "invalid-request", "'source.path' is '../corpora'; of an upload it is the SHA-256")]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"folder:/x\"}}", 422, "source-refused", "The folder '/x' may not be read")]
    [InlineData("{\"kind\":\"score\",\"input\":{\"source\":\"azure:none\",\"path\":\"a.csv\"}}", 422, "source-refused", "The container 'none' may not be read")]
    public async Task Submit_WrongRequest_ItsProblem(string body, int status, string type, string detail) =>
        await AssertProblem("/v1/jobs", body, status, type, detail);

    [Theory]
    [InlineData("{\"kind\":\"ingest\",\"corpus\":\"jobs\",\"source\":{\"address\":\"folder:/x\"}}", "'dry_run' lists it")]
    [InlineData("{\"corpus\":\"jobs\",\"input\":{\"source\":\"folder:/x\",\"path\":\"a.txt\"}}", "send the items along, or for a rank job their number")]
    [InlineData("{\"corpus\":\"jobs\",\"queries\":0}", "There are 0 queries")]
    public async Task Plan_SizeUnknown_400(string body, string detail) => await AssertProblem("/v1/jobs/plan", body, 400, "invalid-request", detail);

    [Fact]
    public async Task Plan_NumbersAlone_AnEstimateAndNoJob()
    {
        var estimate = await fixture.Client.Plan(new JobRequest { Corpus = "jobs", Queries = JobQueries.Of(1000), Candidates = 16 });

        Assert.Equal((1000, 0, 0, 1), (estimate.Items, estimate.Pairs, estimate.DistinctPictures, estimate.Devices));
        Assert.Empty((await fixture.Client.Jobs()).Data);
    }

    [Fact]
    public async Task Ingest_NotValid_MakesNoCorpus()
    {
        await AssertProblem("/v1/corpora/unmade/ingest", "{\"source\":{\"address\":\"nowhere\"}}", 400, "invalid-request", "'source.address' is 'nowhere'");
        await AssertProblem("/v1/corpora/unmade/ingest", "{}", 400, "invalid-request", "source");
        Assert.Null(await fixture.Client.FindCorpus("unmade"));
    }

    [Fact]
    public async Task Submit_KeyTooLong_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs")
        {
            Content = JsonContent.Create(new { kind = "rank" }),
            Headers = { { "Idempotency-Key", new string('k', 256) } },
        };
        using var response = await fixture.Http.SendAsync(request);

        Assert.Contains("The Idempotency-Key has 256 characters; 1 to 255 are allowed.", await response.Content.ReadAsStringAsync());
    }

    async Task AssertProblem(string path, string body, int status, string type, string detail)
    {
        using var response = await fixture.Post(path, body);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(detail, problem.GetProperty("detail").GetString());
        Assert.Equal((status, $"urn:mplug:{type}"), ((int)response.StatusCode, problem.GetProperty("type").GetString()));
    }
}
