using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>The typed client before a server that is full.</summary>
public sealed class FullServerTests
{
    [Fact]
    public async Task Send_FullForAWhile_AskedAgainWhenTheServerSays()
    {
        using var server = new Server(full: 3);
        using var client = new MplugClient(new Uri("http://server"), "", server, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) });

        await client.PutBlob("0", [1]);

        Assert.Equal(4, server.Asked);
    }

    [Fact]
    public async Task HasBlob_FullForAWhile_AskedAgainThoughTheAnswerHasNoBody()
    {
        using var server = new Server(full: 3);
        using var client = new MplugClient(new Uri("http://server"), "", server, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) });

        Assert.True(await client.HasBlob("0"));
        Assert.Equal(4, server.Asked);
    }

    [Fact]
    public async Task Send_FullForEver_TheServersWordAfterFiveMinutes()
    {
        using var server = new Server(full: int.MaxValue);
        using var client = new MplugClient(new Uri("http://server"), "", server, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMinutes(1) });

        var error = await Assert.ThrowsAsync<MplugApiException>(() => client.PutBlob("0", [1]));

        Assert.Equal(429, error.Problem.Status);
        Assert.InRange(server.Asked, 4, 7);
    }

    /// <summary>Answers 429 some times, with no time to wait.</summary>
    sealed class Server(int full) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (++Asked > full)
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
            var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests)
            {
                Content = request.Method == HttpMethod.Head
                    ? new ByteArrayContent([])
                    : JsonContent.Create(new Problem("urn:mplug:overloaded", "The cluster is full", 429, "Later.", 0), options: ApiJson.Options),
            };
            answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.Zero);
            return Task.FromResult(answer);
        }
    }
}
