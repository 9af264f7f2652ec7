using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Security;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>Which request needs which right, and which settings of keys are none.</summary>
public sealed class AccessRuleTests
{
    [Theory]
    [InlineData("/", true)]
    [InlineData("/page/search.js", true)]
    [InlineData("/livez", true)]
    [InlineData("/readyz", true)]
    [InlineData("/healthz", true)]
    [InlineData("/openapi/v1.json", true)]
    [InlineData("/scalar/", true)]
    [InlineData("/v1/models", false)]
    [InlineData("/V1/models", false)]
    [InlineData("/metrics", false)]
    [InlineData("/pagex", false)]
    [InlineData("/dashboard", false)]
    [InlineData("/nothing", false)]
    public void Path_OfTheServer_IsPublicOnlyIfNamed(string path, bool isPublic) => Assert.Equal(isPublic, AccessRules.IsPublic(path));

    [Theory]
    [InlineData("GET", "/v1/models", AccessRight.Read)]
    [InlineData("HEAD", "/v1/blobs/{sha256}", AccessRight.Read)]
    [InlineData("POST", "/v1/rerank", AccessRight.Read)]
    [InlineData("POST", "/v1/corpora/{name}/search", AccessRight.Read)]
    [InlineData("POST", "/v1/annotations", AccessRight.Read)]
    [InlineData("POST", "/v1/jobs/plan", AccessRight.Write)]
    [InlineData("PUT", "/v1/blobs/{sha256}", AccessRight.Write)]
    [InlineData("POST", "/v1/corpora", AccessRight.Write)]
    [InlineData("POST", "/v1/corpora/{name}/items", AccessRight.Write)]
    [InlineData("POST", "/v1/jobs", AccessRight.Write)]
    [InlineData("DELETE", "/v1/jobs/{id}", AccessRight.Write)]
    [InlineData("DELETE", "/v1/corpora/{name}", AccessRight.Admin)]
    [InlineData("POST", "/v1/corpora/{name}/adopt", AccessRight.Admin)]
    [InlineData("GET", "/v1/cache", AccessRight.Admin)]
    [InlineData("POST", "/v1/cache/clear", AccessRight.Admin)]
    [InlineData("GET", "/v1/cluster", AccessRight.Read)]
    [InlineData("POST", "/v1/anything/new", AccessRight.Write)]
    public void Route_OfTheApi_NeedsItsRight(string method, string pattern, object right) =>
        Assert.Equal(right, AccessRules.Needed(method, pattern, pattern));

    [Theory]
    [InlineData("/dashboard", AccessRight.Admin)]
    [InlineData("/Dashboard/counters", AccessRight.Admin)]
    [InlineData("/nothing", AccessRight.Read)]
    public void Path_WithoutARoute_NeedsAKeyAllTheSame(string path, object right) => Assert.Equal(right, AccessRules.Needed("GET", null, path));

    [Fact]
    public void Keys_OfEveryRight_AreToldApart()
    {
        var keys = new AccessKeys(new GatewayOptions
        {
            Token = "embedded",
            Keys = new KeyOptions { Read = "r1, r2", Write = "w", Admin = "a" },
        });

        Assert.Equal(AccessRight.Read, keys.RightOf("Bearer r1"));
        Assert.Equal(AccessRight.Read, keys.RightOf("bearer r2"));
        Assert.Equal(AccessRight.Write, keys.RightOf("Bearer w"));
        Assert.Equal(AccessRight.Admin, keys.RightOf("Bearer a"));
        Assert.Equal(AccessRight.Admin, keys.RightOf("Bearer embedded"));
        foreach (var none in new[] { "", "Bearer", "Bearer ", "Bearer r1, r2", "Bearer R1", "Basic a", "a" })
            Assert.Null(keys.RightOf(none));
        Assert.False(keys.None);
        Assert.True(new AccessKeys(new GatewayOptions()).None);
    }

    [Theory]
    [InlineData("http://0.0.0.0:80", "", "", "", "Token: 'http://0.0.0.0:80' can be reached from other machines; a token of at least 16 characters is needed, or a key in Keys:Admin.")]
    [InlineData("http://0.0.0.0:80", "", "0123456789abcdef", "", "a key in Keys:Admin.")]
    [InlineData("http://10.0.0.1:80", "short", "", "", "a token of at least 16 characters is needed.")]
    [InlineData("http://10.0.0.1:80", "0123456789abcdef", "short", "", "Keys:Read: 'http://10.0.0.1:80' can be reached from other machines; keys of at least 16")]
    [InlineData("http://127.0.0.1:80", "", "reader", "", "Keys:Admin: there are keys, but none that may do everything; name one, or set Token.")]
    [InlineData("http://127.0.0.1:80", "same", "same", "", "Keys: a key stands in two places")]
    [InlineData("http://*:80", "", "", "", "'http://*:80' is no address")]
    [InlineData("http://127.0.0.1:1;http://0.0.0.0:2", "", "", "", "is no address")]
    [InlineData("http://127.0.0.1:1/;http://0.0.0.0:2", "", "", "", "is no address")]
    [InlineData("http://127.0.0.1:1/api", "", "", "", "is no address")]
    public void Options_UnsafeKeys_AreFaults(string url, string token, string read, string admin, string expected)
    {
        var faults = GatewayOptionsValidator.Validate(new GatewayOptions { Url = url, Token = token, Keys = new KeyOptions { Read = read, Admin = admin } });

        Assert.Contains(expected, string.Join('\n', faults));
    }

    [Fact]
    public void Options_ListeningPastTheUrl_IsAFault()
    {
        var failure = Assert.Throws<MplugOptionsException>(
            () => GatewayHost.Build([$"--Mplug:Model={Repository.Scenes}", "--Kestrel:Endpoints:all:Url=http://0.0.0.0:8080"]));

        Assert.Contains("Kestrel:Endpoints: would listen past Mplug:Gateway:Url; use that.", failure.Message);
    }

    [Theory]
    [InlineData("", 10_000, 3, 0, "MaxRequests: 0 is less than 1.")]
    [InlineData("http://example.org", 10_000, 3, 1, "Fetch:Hosts: 'http://example.org' is no host; write images.example.org, *.example.org or images.example.org:8443.")]
    [InlineData("", 0, 3, 1, "Fetch:TimeoutMs: 0 is not between 1 and 120000.")]
    [InlineData("", 1, 11, 1, "Fetch:MaxRedirects: 11 is not between 0 and 10.")]
    public void Options_OutOfBounds_AreFaults(string hosts, int timeoutMs, int redirects, int requests, string expected)
    {
        var faults = GatewayOptionsValidator.Validate(new GatewayOptions
        {
            MaxRequests = requests,
            Fetch = new FetchOptions { Hosts = hosts, TimeoutMs = timeoutMs, MaxRedirects = redirects },
        });

        Assert.Equal($"Mplug:Gateway:{expected}", Assert.Single(faults).ToString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:80", "", "", "")]
    [InlineData("http://[::1]:80", "", "", "")]
    [InlineData("http://localhost:80", "t", "r", "")]
    [InlineData("http://0.0.0.0:80", "", "0123456789abcdeg", "0123456789abcdef")]
    public void Options_SafeKeys_NoFaults(string url, string token, string read, string admin) => Assert.Empty(
        GatewayOptionsValidator.Validate(new GatewayOptions { Url = url, Token = token, Keys = new KeyOptions { Read = read, Admin = admin } }));
}
