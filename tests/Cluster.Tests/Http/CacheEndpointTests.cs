using System.Net.Http.Json;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>What the cluster keeps only to save time, shown and deleted from outside. Who may is among <see cref="KeyTests"/>.</summary>
public sealed class CacheEndpointTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Cache_FeaturesOfPictures_ShownDeletedAndComputedAgain()
    {
        var other = Path.Combine(fixture.StorePath, "features", "notes.txt");
        await Embed();
        await File.WriteAllTextAsync(other, "somebody's");

        var before = await fixture.Client.Cache();
        var cleared = await fixture.Client.ClearCache(new CacheClearing(Features: true));
        var after = await fixture.Client.Cache();

        Assert.Equal((2, 10_000_000_000), (before.Features.Files, before.Features.MaxBytes));
        var fingerprint = (await fixture.Client.Model()).Fingerprint;
        Assert.Equal([new(fingerprint, before.Features.Bytes)], before.Features.ByModel);
        Assert.InRange(before.Memory.Bytes, 1, before.Memory.MaxBytes);
        Assert.Equal((2, before.Features.Bytes), (cleared.FeaturesDeleted, cleared.BytesFreed));
        Assert.Equal((0, 0, 0), (after.Features.Files, after.Features.Bytes, after.Features.ByModel.Count));
        Assert.True(File.Exists(other));
        Assert.Equal(2, await Embed());
    }

    [Fact]
    public async Task Clear_NothingNamed_SaysWhatCanBe()
    {
        using var answer = await fixture.Post("/v1/cache/clear", "{}");

        var problem = (await answer.Content.ReadFromJsonAsync<Problem>(ApiJson.Options))!;
        Assert.Equal((400, "The request says nothing to delete; set 'features' to true."), (problem.Status, problem.Detail));
    }

    /// <summary>Embeds two pictures; how many had features somewhere or have some now.</summary>
    async Task<int> Embed()
    {
        var answer = await fixture.Client.Embed(new EmbeddingRequest
        {
            Input = new[] { 0, 1 }.Select(i => new EmbeddingInput(null, PictureInput.OfData(HttpFixture.Picture(i)))).ToArray(),
        });
        return answer.Features.ImagesEncoded + answer.Features.ImagesFromMemory;
    }
}
