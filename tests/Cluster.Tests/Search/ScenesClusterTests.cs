using System.Text.Json;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Numpy;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Search;

/// <summary>The real model on a cluster of two devices and a plain silo, beside the reference's own numbers.</summary>
public sealed class ScenesClusterTests
{
    const int Pictures = 60;
    const double LogitTolerance = 2e-4, SimilarityTolerance = 1e-5;

    [Fact]
    public async Task Search_RealModelOnTwoDevices_TheReferencesNumbersAndOrder()
    {
        var expected = Repository.Path("tests", "scenes", "expected");
        var logits = NpyFile.Read<float>(Path.Combine(expected, "itm_logits.npy"));
        var similarities = NpyFile.Read<float>(Path.Combine(expected, "itc_similarity.npy"));
        using var annotations = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")));
        var served = ServedModel.Open(new MplugOptions { Model = Repository.Scenes, Device = new DeviceOptions { IntraOpThreads = 1 } });
        await using var cluster = await TestCluster.Start(3, silo => silo != "Silo_2", _ => served);
        var items = await Task.WhenAll(Enumerable.Range(0, Pictures).Select(async i => new CorpusItem(
            $"{i:000}", ItemKind.Picture, await cluster.StorePicture(HttpFixture.Picture(i)), null)));
        var corpus = cluster.Cluster.Client.GetGrain<ICorpusGrain>("scenes");
        Assert.Equal(CorpusStatus.Ok, (await corpus.Create(served.Model.Fingerprint, "ms25")).Status);
        var filled = await corpus.Upsert(items, 120_000);
        Assert.Equal((Pictures, Pictures), (filled.Corpus.Corpus!.Pictures, filled.Tiers.Encoded));

        foreach (var caption in new[] { 0, 7, 123 })
        {
            var text = annotations.RootElement[caption / 5].GetProperty("caption")[caption % 5].GetString()!;
            var found = await cluster.SearchFrom("Silo_2").Search(
                "scenes", new SearchRequest { Text = text, Candidates = Pictures, Top = Pictures, BudgetMs = 60_000 }, new StageTimes(), default);

            Assert.Equal(Pictures, found.Reranked);
            foreach (var result in found.Results)
            {
                var at = int.Parse(result.Id) * logits.Shape[1] + caption;
                Assert.Equal(logits.Data[at], result.ItmLogit!.Value, LogitTolerance);
                Assert.Equal(similarities.Data[at], result.ItcSimilarity, SimilarityTolerance);
            }

            Assert.Equal(0, found.Features.ImagesEncoded);
            Assert.Equal(found.Results.OrderByDescending(result => result.ItmLogit).Select(result => result.Id), found.Results.Select(result => result.Id));
        }
    }
}
