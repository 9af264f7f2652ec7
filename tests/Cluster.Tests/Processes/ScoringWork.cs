using System.Text.Json;
using MplugCluster.Cluster.Tests.Http;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Cluster.Tests.Processes;

/// <summary>A request that keeps a cluster busy for a while, and what the reference says of its pairs.</summary>
sealed class ScoringWork
{
    const int Pictures = 24;
    const int Texts = 200;
    const double LogitTolerance = 2e-4;

    readonly NpyArray<float> expected = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "itm_logits.npy"));
    readonly RetrievalRequest request;

    public ScoringWork()
    {
        using var annotations = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("samples", "annotations.json")));
        request = new RetrievalRequest
        {
            Image = Enumerable.Range(0, Pictures).Select(i => PictureInput.OfData(HttpFixture.Picture(i))).ToArray(),
            Text = annotations.RootElement.EnumerateArray().SelectMany(entry => entry.GetProperty("caption").EnumerateArray())
                .Take(Texts).Select(caption => caption.GetString()!).ToArray(),
            BudgetMs = 100_000,
        };
    }

    /// <summary>Scores it all and compares every number.</summary>
    public async Task Score(MplugClient client)
    {
        var scored = (await client.Score(request)).Data!;
        Assert.Equal(Pictures * Texts, scored.Count);
        foreach (var pair in scored)
            Assert.Equal(expected.Data[pair.Image * expected.Shape[1] + pair.Text], pair.ItmLogit!.Value, LogitTolerance);
    }

    /// <summary>Rounds go on until what happens has fallen into one of them.</summary>
    public async Task ScoreWhile(MplugClient client, Func<Task> happens)
    {
        await Score(client);
        for (var round = 0; round < 5; round++)
        {
            var scoring = Score(client);
            await happens();
            var inTime = !scoring.IsCompleted;
            await scoring;
            if (inTime)
                return;
        }

        Assert.Fail("The work was always done before anything happened.");
    }
}
