using System.Globalization;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cluster.Tests.Http;

/// <summary>What answers say of where their time went.</summary>
public sealed class ServerTimingTests(HttpFixture fixture) : IClassFixture<HttpFixture>
{
    /// <summary>Of the devices' silos; a part of the Gateway's own stages.</summary>
    static readonly string[] OfDevices = ["queue", "preprocess", "inference", "store"];

    /// <summary>Numbers are rounded to microseconds.</summary>
    const double Rounding = 0.01;

    [Theory]
    [InlineData("/v1/image-text-retrieval", "{'image': PICTURE, 'text': 'a star'}", "pictures devices", 100)]
    [InlineData("/v1/embeddings", "{'input': [PICTURE, 'a cross']}", "pictures devices", 101)]
    [InlineData("/v1/rerank", "{'query': 'a circle', 'documents': [PICTURE, 'a square']}", "pictures devices", 102)]
    [InlineData("/v1/explain", "{'image': PICTURE, 'text': 'a triangle'}", "pictures devices", 103)]
    [InlineData("/v1/corpora/timed/search", "{'image': PICTURE, 'kind': 'text'}", "embed shards rerank", 104)]
    public async Task Answer_OfDevices_TheirStagesToo(string path, string body, string own, int picture)
    {
        if (path.Contains("corpora", StringComparison.Ordinal))
        {
            await fixture.Client.CreateCorpus(new CorpusCreation("timed"));
            await fixture.Client.Upsert("timed", new ItemBatch([new ItemInput("t", Text: "a red star")]));
        }

        var json = body.Replace('\'', '"').Replace("PICTURE", $"\"data:image/png;base64,{Convert.ToBase64String(HttpFixture.Picture(picture))}\"", StringComparison.Ordinal);
        var fresh = await Times(path, json);
        var cached = await Times(path, json);

        Assert.Equal([.. own.Split(' '), .. OfDevices, "total"], fresh.Select(stage => stage.Name));
        Assert.Equal(fresh.Select(stage => stage.Name), cached.Select(stage => stage.Name));
        foreach (var times in new[] { fresh, cached })
        {
            var ms = times.ToDictionary(stage => stage.Name, stage => stage.Ms);
            Assert.All(times, stage => Assert.True(stage.Ms >= 0));
            Assert.True(OfDevices.Sum(name => ms[name]) <= ms["total"] + Rounding, string.Join(' ', times));
            Assert.True(own.Split(' ').Sum(name => ms[name]) <= ms["total"] + Rounding, string.Join(' ', times));
        }

        // A new picture was decoded and encoded; the second time neither was needed.
        Assert.All(["preprocess", "inference", "store"], name => Assert.True(fresh.Single(stage => stage.Name == name).Ms > 0, name));
        Assert.Equal(0, cached.Single(stage => stage.Name == "preprocess").Ms);
    }

    [Fact]
    public async Task Answer_NoDeviceAsked_NoStagesOfDevices()
    {
        using var response = await fixture.Http.GetAsync("/v1/models");

        Assert.Matches(@"^total;dur=[0-9.]+$", response.Headers.GetValues("Server-Timing").Single());
    }

    async Task<(string Name, double Ms)[]> Times(string path, string json)
    {
        using var response = await fixture.Post(path, json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return [.. response.Headers.GetValues("Server-Timing").Single().Split(", ").Select(stage => stage.Split(";dur=")).Select(stage =>
            (stage[0], double.Parse(stage[1], CultureInfo.InvariantCulture)))];
    }
}
