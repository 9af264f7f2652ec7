using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Pictures;
using MplugCluster.Page.Tests.Gateways;

namespace MplugCluster.Page.Tests;

/// <summary><c>GET .../picture</c> and <c>.../thumbnail</c>.</summary>
public sealed class PictureAddressTests(PageGateway gateway)
{
    static string Address(string id, string view = "picture", string corpus = PageGateway.Corpus) =>
        $"/v1/corpora/{corpus}/items/{Uri.EscapeDataString(id)}/{view}";

    [Fact]
    public async Task Picture_OfAnItem_IsTheFileWithItsTypeAndHash()
    {
        var path = SamplePictures.All[1];
        var bytes = await File.ReadAllBytesAsync(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));

        using var answer = await gateway.Http.GetAsync(Address(Path.GetFileName(path)));

        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"\"{hash}\"", answer.Headers.ETag!.Tag);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl!.NoCache);
        using var versioned = await gateway.Http.GetAsync(Address(Path.GetFileName(path), $"picture?version={hash}"));
        Assert.Contains("immutable", versioned.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, Address(Path.GetFileName(path)));
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag);
        using var unchanged = await gateway.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Thumbnail_OfASize_IsASmallJpegWithATagOfItsOwn()
    {
        var id = Path.GetFileName(SamplePictures.All[0]);
        using var answer = await gateway.Http.GetAsync(Address(id, "thumbnail?size=32"));

        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal([0xFF, 0xD8, 0xFF], bytes[..3]);
        Assert.InRange(bytes.Length, 200, 4000);
        Assert.EndsWith("-32\"", answer.Headers.ETag!.Tag, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15", "'size' is 15; 16 to 1024 pixels are allowed.")]
    [InlineData("1025", "'size' is 1025; 16 to 1024 pixels are allowed.")]
    public async Task Thumbnail_SizeOutOfRange_IsRefused(string size, string detail) =>
        Assert.Equal((400, "urn:mplug:invalid-request", detail), await Problem(Address(Path.GetFileName(SamplePictures.All[0]), $"thumbnail?size={size}")));

    [Theory]
    [InlineData("holidays/2024/beach.jpg")]
    [InlineData("holidays%2F2024.jpg")]
    [InlineData("Größe 50 % – 写真?#.jpg")]
    [InlineData("a+b&c=d;e")]
    public async Task Picture_AnyId_IsFound(string id)
    {
        var corpus = $"ids-{Guid.NewGuid():N}";
        await gateway.Client.CreateCorpus(new CorpusCreation(corpus));
        await gateway.Client.Upsert(corpus, new ItemBatch([new ItemInput(id, PictureInput.OfData(await File.ReadAllBytesAsync(SamplePictures.All[2])))]));

        using var answer = await gateway.Http.GetAsync(Address(id, corpus: corpus));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/corpora/c/items/a%2Fb/picture?x=/y", "a/b")]
    [InlineData("/v1/corpora/c/items/a%252Fb/thumbnail/", "a%2Fb")]
    [InlineData("http://host:1/v1/corpora/c/items/%E5%86%99/picture", "写")]
    public void ItemId_OfATarget_IsDecodedOnce(string target, string id) => Assert.Equal(id, ItemId.Parse(target));

    [Fact]
    public async Task Picture_ThatIsNotThere_SaysWhatIsMissing()
    {
        Assert.Equal((404, "urn:mplug:corpus-not-found", "There is no corpus 'nowhere'."), await Problem(Address("x", corpus: "nowhere")));
        Assert.Equal((404, "urn:mplug:item-not-found", "Corpus 'scenes' has no item 'x/y'."), await Problem(Address("x/y")));
    }

    [Fact]
    public async Task Picture_OfAText_IsNone()
    {
        await gateway.Client.CreateCorpus(new CorpusCreation("texts"));
        await gateway.Client.Upsert("texts", new ItemBatch([new ItemInput("t", Text: "a red circle")]));

        Assert.Equal((404, "urn:mplug:picture-not-found", "'t': The item is a text."), await Problem(Address("t", corpus: "texts")));
    }

    [Fact]
    public async Task Picture_WhoseFileWentOrChanged_SaysSo()
    {
        var (corpus, folder) = ($"moving-{Guid.NewGuid():N}", Directory.CreateDirectory(Path.Combine(gateway.SourceRoot, "moving")).FullName);
        File.Copy(SamplePictures.All[0], Path.Combine(folder, "goes.png"), overwrite: true);
        File.Copy(SamplePictures.All[1], Path.Combine(folder, "changes.jpg"), overwrite: true);
        var job = await gateway.Client.Ingest(corpus, new IngestRequest(new IngestSource($"folder:{folder}")));
        await gateway.Client.WaitForJob(job.Id);
        File.Delete(Path.Combine(folder, "goes.png"));
        File.Copy(SamplePictures.All[2], Path.Combine(folder, "changes.jpg"), overwrite: true);

        Assert.Equal((404, "urn:mplug:picture-not-found"), Kind(await Problem(Address("goes.png", corpus: corpus))));
        Assert.Equal((409, "urn:mplug:picture-changed"), Kind(await Problem(Address("changes.jpg", "thumbnail", corpus))));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Picture_WithoutTheKey_IsRefused()
    {
        using var stranger = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await stranger.GetAsync(Address(Path.GetFileName(SamplePictures.All[0])));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task PageFiles_WithoutTheKey_ComeWithAStrictPolicyAndAnEtag()
    {
        using var stranger = new HttpClient { BaseAddress = gateway.Address };
        foreach (var (path, type) in new[] { ("/", "text/html"), ("/page/main.js", "text/javascript"), ("/page/theme.css", "text/css"), ("/page/icon.svg", "image/svg+xml") })
        {
            using var answer = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(answer.Headers.ETag!.Tag));
            using var unchanged = await stranger.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        using var missing = await stranger.GetAsync("/page/nothing.js");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    async Task<(int Status, string Type, string Detail)> Problem(string address)
    {
        using var answer = await gateway.Http.GetAsync(address);
        var problem = JsonSerializer.Deserialize<Problem>(await answer.Content.ReadAsStringAsync(), ApiJson.Options)!;
        Assert.Equal((int)answer.StatusCode, problem.Status);
        return (problem.Status, problem.Type, problem.Detail);
    }

    static (int Status, string Type) Kind((int Status, string Type, string Detail) problem) => (problem.Status, problem.Type);
}
