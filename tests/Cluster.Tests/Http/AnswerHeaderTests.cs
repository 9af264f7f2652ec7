namespace MplugCluster.Cluster.Tests.Http;

/// <summary>What every answer carries.</summary>
public sealed class AnswerHeaderTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    [Theory]
    [InlineData("/v1/models", 200)]
    [InlineData("/v1/corpora/none", 404)]
    [InlineData("/livez", 200)]
    public async Task Answer_AnyStatus_SafeForBrowsers(string path, int status)
    {
        using var response = await fixture.Http.GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Header(response, "Content-Security-Policy"));
        Assert.Matches(@"^total;dur=\d", Header(response, "Server-Timing"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/page/search.js")]
    public async Task Page_ItsPolicy_NothingFromElsewhereAndNothingInline(string path)
    {
        using var response = await fixture.Http.GetAsync(path);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'",
            Header(response, "Content-Security-Policy"));
    }

    [Theory]
    [InlineData("abc-1.2:3_X", true)]
    [InlineData("two words", false)]
    [InlineData("<script>", false)]
    [InlineData("129", false)]
    public async Task RequestId_TakenOverIfItIsOne(string id, bool isTaken)
    {
        var sent = id == "129" ? new string('a', 129) : id;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("x-request-id", sent);
        using var response = await fixture.Http.SendAsync(request);

        Assert.Equal(isTaken, Header(response, "x-request-id") == sent);
        Assert.Matches("^[0-9a-zA-Z:._-]+$", Header(response, "x-request-id"));
    }

    [Fact]
    public async Task RequestId_NotGiven_MadeAndAnotherEachTime()
    {
        using var first = await fixture.Http.GetAsync("/v1/models");
        using var second = await fixture.Http.GetAsync("/v1/models");

        Assert.NotEqual(Header(first, "x-request-id"), Header(second, "x-request-id"));
    }

    static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
