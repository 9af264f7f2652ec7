using MplugCluster.Gateway.Fetching;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Cluster.Tests.Http.Fetching;

/// <summary>What is fetched, and what never is, on the first request and behind a redirect.</summary>
public sealed class PictureFetcherTests : IAsyncLifetime
{
    const int MaxBytes = 10_000;

    PictureServer server = null!;
    StandInNetwork network = null!;

    public async ValueTask InitializeAsync()
    {
        server = await PictureServer.Start();
        network = new StandInNetwork(server.Port);
        network.Names["good.test"] = [["93.184.216.34"]];
        network.Names["cdn.good.test"] = [["2606:4700::1111", "1.1.1.1"]];
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Fetch_AllowedHost_ItsBytesAndNothingSentAlong()
    {
        Assert.Equal(PictureServer.Picture, await Fetch("http://good.test/picture"));

        Assert.Equal(["93.184.216.34"], network.Connected);
        var (target, headers) = server.Requests.Single();
        Assert.Equal("good.test/picture", target);
        Assert.Equal(["Accept", "Host", "User-Agent"], headers);
    }

    [Fact]
    public async Task Fetch_RedirectToAnotherAllowedHost_Followed()
    {
        Assert.Equal(PictureServer.Picture, await Fetch("http://good.test/to?http://cdn.good.test/picture"));

        Assert.Equal(["93.184.216.34", "2606:4700::1111"], network.Connected);
    }

    [Fact]
    public async Task Fetch_NoHostsNamed_NothingIsAsked()
    {
        var failure = await Assert.ThrowsAsync<FetchException>(() => Fetch("http://good.test/picture", new FetchOptions()));

        Assert.Equal("url_refused", failure.Code);
        Assert.Contains("does not fetch pictures; upload them", failure.Message);
        Assert.Empty(network.Resolved);
    }

    [Theory]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("10.1.2.3", "private")]
    [InlineData("169.254.169.254", "link-local")]
    [InlineData("100.100.100.200", "of a provider's inside")]
    [InlineData("168.63.129.16", "metadata")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("255.255.255.255", "reserved")]
    [InlineData("::1", "loopback")]
    [InlineData("::ffff:10.0.0.1", "IPv4-mapped")]
    [InlineData("64:ff9b::a00:1", "NAT64")]
    [InlineData("2002:a00:1::", "6to4")]
    [InlineData("2001::a00:1", "Teredo")]
    [InlineData("fd00::1", "private")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("ff02::1", "multicast")]
    public async Task Fetch_NameWithSuchAnAddress_RefusedAtOnceAndBehindARedirect(string address, string kind)
    {
        network.Names["in.good.test"] = [[address]];

        foreach (var url in new[] { "http://in.good.test/picture", "http://good.test/to?http://in.good.test/picture" })
        {
            var failure = await Assert.ThrowsAsync<FetchException>(() => Fetch(url));
            Assert.Equal("url_refused", failure.Code);
            Assert.Contains("'in.good.test' has an address that is not public", failure.Message);
            Assert.Contains(kind, failure.Message);
            Assert.DoesNotContain(address, failure.Message);
        }

        Assert.DoesNotContain(address, network.Connected);
        Assert.DoesNotContain(server.Requests, request => request.Target.StartsWith("in.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_OneOfTheAddressesIsPrivate_NoneIsAsked()
    {
        network.Names["in.good.test"] = [["93.184.216.34", "10.0.0.1"]];

        Assert.Equal("url_refused", (await Assert.ThrowsAsync<FetchException>(() => Fetch("http://in.good.test/picture"))).Code);
        Assert.Empty(network.Connected);
    }

    [Fact]
    public async Task Fetch_NameThatChangesItsAddress_ConnectsToTheOneThatWasLookedAt()
    {
        network.Names["in.good.test"] = [["93.184.216.34"], ["127.0.0.1"]];

        Assert.Equal(PictureServer.Picture, await Fetch("http://in.good.test/picture"));
        Assert.Equal(["in.good.test"], network.Resolved);
        Assert.Equal(["93.184.216.34"], network.Connected);
        Assert.Equal("url_refused", (await Assert.ThrowsAsync<FetchException>(() => Fetch("http://in.good.test/picture"))).Code);
        Assert.Equal(["93.184.216.34"], network.Connected);
    }

    [Theory]
    [InlineData("ftp://good.test/picture", "only http and https are fetched")]
    [InlineData("file:///etc/passwd", "only http and https are fetched")]
    [InlineData("http://user:pass@good.test/picture", "it has credentials in it")]
    [InlineData("http://evil.test/picture", "'evil.test:80' is not among the hosts")]
    [InlineData("http://good.test:8080/picture", "'good.test:8080' is not among the hosts")]
    [InlineData("http://good.test.evil.test/picture", "is not among the hosts")]
    [InlineData("http://127.0.0.1/picture", "'127.0.0.1:80' is not among the hosts")]
    [InlineData("http://2130706433/picture", "is not among the hosts")]
    [InlineData("http://[::1]/picture", "is not among the hosts")]
    public async Task Fetch_UrlThatIsNotAllowed_RefusedAtOnceAndBehindARedirect(string url, string reason)
    {
        var first = await Assert.ThrowsAsync<FetchException>(() => Fetch(url));
        var behind = await Assert.ThrowsAsync<FetchException>(() => Fetch($"http://good.test/to?{url}"));

        Assert.Equal(("url_refused", "url_refused"), (first.Code, behind.Code));
        Assert.Contains(reason, first.Message);
        Assert.Contains("A redirect is not followed", behind.Message);
        Assert.Equal(["good.test"], network.Resolved);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task Fetch_AddressThatTheListNames_StillRefused(string address)
    {
        var failure = await Assert.ThrowsAsync<FetchException>(() => Fetch($"http://{address}/picture", new FetchOptions { Hosts = address }));

        Assert.Contains("not public", failure.Message);
        Assert.Empty(network.Connected);
    }

    [Theory]
    [InlineData("/again", "fetch_failed", "There are more than 3 redirects.")]
    [InlineData("/nothing", "fetch_failed", "'good.test' answered 404.")]
    [InlineData("/long", "too_large", "The picture has more than 10000 bytes.")]
    [InlineData("/endless", "too_large", "The picture has more than 10000 bytes.")]
    [InlineData("/cut", "fetch_failed", "broke off")]
    public async Task Fetch_ServerThatMisbehaves_ItsError(string path, string code, string message)
    {
        var failure = await Assert.ThrowsAsync<FetchException>(() => Fetch($"http://good.test{path}"));

        Assert.Equal(code, failure.Code);
        Assert.Contains(message, failure.Message);
    }

    [Fact]
    public async Task Fetch_SilentServer_GivenUpAfterItsTime()
    {
        var failure = await Assert.ThrowsAsync<FetchException>(
            () => Fetch("http://good.test/silent", new FetchOptions { Hosts = "good.test", TimeoutMs = 50 }));

        Assert.Equal(("fetch_failed", "'good.test' did not send the picture within 50 ms."), (failure.Code, failure.Message));
    }

    [Fact]
    public async Task Fetch_UnknownName_SaysSo() =>
        Assert.Equal("There is no host 'no.good.test'.", (await Assert.ThrowsAsync<FetchException>(() => Fetch("http://no.good.test/"))).Message);

    [Fact]
    public async Task Fetch_CallerGone_Cancelled()
    {
        using var gone = new CancellationTokenSource();
        var fetch = Fetch("http://good.test/silent", cancellation: gone.Token);
        while (server.Requests.IsEmpty)
            await Task.Yield();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }

    async Task<byte[]> Fetch(string url, FetchOptions? options = null, CancellationToken cancellation = default)
    {
        using var fetcher = new PictureFetcher(options ?? new FetchOptions { Hosts = "good.test, *.good.test" }, MaxBytes, network);
        return await fetcher.Fetch(url, cancellation);
    }
}
