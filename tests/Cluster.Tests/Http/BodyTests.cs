using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Bodies that are too large, too slow or of another kind.</summary>
public sealed class BodyTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    const long LargestJson = 64 * 1024 * 1024;

    [Theory]
    [InlineData("/v1/embeddings")]
    [InlineData("/v1/rerank")]
    [InlineData("/v1/corpora/none/search")]
    public async Task Json_SaidToBeTooLarge_413BeforeItIsSent(string path)
    {
        var answer = await Raw($"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {HttpFixture.Token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {LargestJson + 1}\r\n\r\n");

        AssertProblem(answer, 413, "too-large", $"more than {LargestJson} bytes");
    }

    [Fact]
    public async Task Blob_InPiecesOfUnknownLength_413OnceTheyAreTooMany()
    {
        var piece = $"{HttpFixture.MaxPictureBytes:x}\r\n{new string('x', HttpFixture.MaxPictureBytes)}\r\n";
        var answer = await Raw($"PUT /v1/blobs/{new string('0', 64)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {HttpFixture.Token}\r\n"
            + $"Transfer-Encoding: chunked\r\n\r\n{piece}{piece}");

        AssertProblem(answer, 413, "too-large", $"more than {HttpFixture.MaxPictureBytes} bytes");
    }

    [Fact]
    public async Task Json_ThatStopsComing_408AndTheConnectionIsClosed()
    {
        var answer = await Raw($"POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {HttpFixture.Token}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"input\":");

        AssertProblem(answer, 408, "too-slow", "did not come as fast");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data")]
    public async Task Json_OfAnotherType_415(string type)
    {
        using var content = new StringContent("{\"input\":\"x\"}", MediaTypeHeaderValue.Parse(type));
        using var response = await fixture.Http.PostAsync("/v1/embeddings", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("urn:mplug:unsupported-media-type", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")]
    [InlineData("GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n")]
    public async Task AnyPath_OfAnotherHost_403AlsoThePublicOnes(string request) =>
        AssertProblem(await Raw(request.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")), 403, "foreign-host", "does not answer for the host");

    static void AssertProblem(string answer, int status, string type, string detail)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Contains("application/problem+json", answer);
        Assert.Contains($"\"urn:mplug:{type}\"", answer);
        Assert.Contains(detail, answer);
    }

    /// <summary>Sends just this, and reads until the server closes or has sent its problem.</summary>
    async Task<string> Raw(string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.Address.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (!answer.ToString().Contains("\"detail\"", StringComparison.Ordinal) && await stream.ReadAsync(buffer, limit.Token) is > 0 and var count)
                answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // Closed with some of the request unread.
        }

        return answer.ToString();
    }
}
