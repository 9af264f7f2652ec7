using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Fetching;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Storage;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Http.Fetching;

/// <summary>Pictures of a request in all their forms, those that are fetched too.</summary>
public sealed class PictureInputTests
{
    [Fact]
    public async Task Resolve_EveryForm_InOrderWithItsOwnErrors()
    {
        await using var server = await PictureServer.Start();
        using var folder = new TemporaryFolder();
        var network = new StandInNetwork(server.Port);
        network.Names["good.test"] = [["93.184.216.34"]];
        network.Names["inside.good.test"] = [["10.0.0.1"]];
        using var fetcher = new PictureFetcher(new FetchOptions { Hosts = "good.test, *.good.test" }, 1000, network);
        var store = new DirectoryObjectStore(folder.Path);
        var pictures = new PictureInputs(new BlobStore(store), new MplugOptions { Pictures = new PictureOptions { MaxBytes = 1000 } }, fetcher);

        var resolved = await pictures.Resolve(
            [
                PictureInput.OfUrl("http://good.test/picture"), PictureInput.OfData([9]), PictureInput.OfUrl("http://inside.good.test/picture"),
                PictureInput.OfUrl("http://good.test/nothing"), PictureInput.OfUrl("http://good.test/endless"), PictureInput.Malformed("no picture"),
                PictureInput.OfBlob(new string('a', 64)),
            ],
            default);

        Assert.Equal(
            [null, null, "url_refused", "fetch_failed", "too_large", "invalid", null], resolved.Select(picture => picture.Error?.Code));
        Assert.Equal(BlobStore.Hash(PictureServer.Picture), resolved[0].Picture!.ContentHash);
        Assert.Equal(PictureServer.Picture, (await store.Read(resolved[0].Picture!.Path))!.Content);
        Assert.Equal(BlobStore.Hash([9]), resolved[1].Picture!.ContentHash);
        Assert.Equal(new string('a', 64), resolved[6].Picture!.ContentHash);
    }

    [Fact]
    public async Task Resolve_TooManyUrls_EndsTheRequest()
    {
        using var fetcher = new PictureFetcher(new FetchOptions { Hosts = "good.test" }, 1000, new StandInNetwork(1));
        using var folder = new TemporaryFolder();
        var pictures = new PictureInputs(new BlobStore(new DirectoryObjectStore(folder.Path)), new MplugOptions(), fetcher);

        var failure = await Assert.ThrowsAsync<ProblemException>(
            () => pictures.Resolve(Enumerable.Range(0, 101).Select(i => PictureInput.OfUrl($"http://good.test/{i}")), default));

        Assert.Equal("The request names 101 pictures by URL; at most 100 are allowed.", failure.Problem.Detail);
    }
}
