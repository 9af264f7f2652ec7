using System.Net;
using System.Text.Json;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>A request may have a hundred pictures fetched for it, whatever it is.</summary>
public sealed class UrlLimitTests(HttpFixture server) : IClassFixture<HttpFixture>
{
    static readonly object[] Images = [.. Enumerable.Range(0, 101).Select(i => $"https://images.example.org/{i}.png")];

    [Theory]
    [InlineData("score")]
    [InlineData("evaluate")]
    [InlineData("items")]
    [InlineData("rerank")]
    public async Task Request_ManyUrls_NothingIsFetched(string kind)
    {
        var (path, body) = kind switch
        {
            "score" => ("/v1/jobs", (object)new { kind, pairs = Images.Select(image => new { image, text = "a dog" }) }),
            "evaluate" => ("/v1/jobs", new { kind, annotations = Images.Select(image => new { image, captions = "a dog" }) }),
            "items" => ("/v1/corpora/c/items", new { items = Images.Select((image, i) => new { id = $"{i}", image }) }),
            _ => ("/v1/rerank", new { query = "a dog", documents = Images.Select(image => new { image }) }),
        };

        using var answer = await server.Post(path, JsonSerializer.Serialize(body));

        Assert.Contains("The request names 101 pictures by URL; at most 100 are allowed.", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
