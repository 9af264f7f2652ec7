using System.Text.Json;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Numpy;

namespace MplugCluster.Model.Tests.Evaluation;

/// <summary>The arithmetic of the evaluation alone: similarities and logits are the reference's own.</summary>
public sealed class RetrievalEvaluationTests
{
    public static TheoryData<string, string, int> Runs =>
        [.. Repository.GoldenSets.SelectMany(set => new[] { "val", "test" }.SelectMany(split => new[] { 4, 12 }.Select(k => (set, split, k))))];

    [Theory, MemberData(nameof(Runs))]
    public void Reranked_ReferenceScores_SameRecalls(string set, string split, int k)
    {
        var folder = Path.Combine(Repository.Golden(set), "eval");
        var annotations = RetrievalAnnotations.Load(Path.Combine(folder, $"{split}.json"));
        var sims = NpyFile.Read<float>(Path.Combine(folder, "expected", $"{split}_sims.npy"));
        var i2t = NpyFile.Read<float>(Path.Combine(folder, "expected", $"{split}_k{k}_scores_i2t.npy")).Data;
        var t2i = NpyFile.Read<float>(Path.Combine(folder, "expected", $"{split}_k{k}_scores_t2i.npy")).Data;
        var (images, texts) = (sims.Shape[0], sims.Shape[1]);
        Assert.Equal([annotations.Images.Count, annotations.Captions.Count], sims.Shape);

        var evaluation = new RetrievalEvaluation(
            annotations,
            [.. Enumerable.Range(0, images).Select(i => Candidates.Top(sims.Data.AsSpan(i * texts, texts), k))],
            [.. Enumerable.Range(0, texts).Select(t => Candidates.Top(Enumerable.Range(0, images).Select(i => sims.Data[i * texts + t]).ToArray(), k))]);

        for (var i = 0; i < images; i++)
        {
            foreach (var t in evaluation.Pairs[i])
            {
                var (row, column) = (i2t[i * texts + t], t2i[t * images + i]);
                Assert.True(row > -100 || column > -100, $"pair {i}, {t} is no candidate of the reference");
                if (row > -100 && column > -100)
                    Assert.Equal(row, column, 2e-4);
                evaluation.Add(i, t, row > -100 ? row : column);
            }
        }

        var scored = Enumerable.Range(0, images * texts).Count(at => i2t[at] > -100 || t2i[at % texts * images + at / texts] > -100);
        Assert.Equal(scored, evaluation.Pairs.Sum(pairs => pairs.Length));
        ReferenceMetrics.AssertInRange(folder, $"{split}_k{k}", JsonSerializer.SerializeToElement(evaluation.Reranked()));
    }

    [Theory]
    [InlineData(32, "k_test_32")]
    [InlineData(1000, "k_test_all")]
    public void Reranked_ScenesScores_SameMetrics(int k, string run)
    {
        var annotations = RetrievalAnnotations.Load(Repository.Path("samples", "annotations.json"));
        var sims = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "itc_similarity.npy")).Data;
        var logits = NpyFile.Read<float>(Repository.Path("tests", "scenes", "expected", "itm_logits.npy")).Data;
        var (images, texts) = (annotations.Images.Count, annotations.Captions.Count);
        var evaluation = new RetrievalEvaluation(
            annotations,
            [.. Enumerable.Range(0, images).Select(i => Candidates.Top(sims.AsSpan(i * texts, texts), k))],
            [.. Enumerable.Range(0, texts).Select(t => Candidates.Top(Enumerable.Range(0, images).Select(i => sims[i * texts + t]).ToArray(), k))]);
        for (var i = 0; i < images; i++)
        {
            foreach (var t in evaluation.Pairs[i])
                evaluation.Add(i, t, logits[i * texts + t]);
        }

        using var expected = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("tests", "scenes", "expected", "metrics.json")));
        ReferenceMetrics.AssertSame(expected.RootElement.GetProperty(run), evaluation.Reranked());
        ReferenceMetrics.AssertSame(expected.RootElement.GetProperty("itc_only"), evaluation.ByItc());
    }

    [Fact]
    public void Reranked_PairWithoutLogit_SaysWhich()
    {
        var annotations = RetrievalAnnotations.Load(Repository.Path("samples", "annotations.json"));
        var evaluation = new RetrievalEvaluation(
            annotations,
            [.. annotations.Images.Select(_ => new[] { 7 })],
            [.. annotations.Captions.Select(_ => Array.Empty<int>())]);
        Assert.Equal("Picture 0 and caption 7 have not been scored.", Assert.Throws<InvalidOperationException>(evaluation.Reranked).Message);
    }
}
