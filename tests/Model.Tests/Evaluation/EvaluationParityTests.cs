using System.Text.Json;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Numpy;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Evaluation;

/// <summary>Whole evaluations from files to Recall@K through the emitted graphs, beside the reference's.</summary>
public sealed class EvaluationParityTests
{
    const float SimilarityTolerance = 1e-5f;
    const float LogitTolerance = 2e-4f;

    /// <summary>16-bit grey: the one picture that may differ (rule 6); its logits are taken from the reference.</summary>
    const string Exempt = "09_png_grey16.png";

    public static TheoryData<string, string, int> Runs =>
        [.. Repository.GoldenSets.SelectMany(set => new[] { "val", "test" }.SelectMany(split => new[] { 4, 12 }.Select(k => (set, split, k))))];

    [Theory, MemberData(nameof(Runs))]
    public void Evaluate_GoldenSet_TheReferencesScoresAndRecalls(string set, string split, int k)
    {
        using var folder = new TemporaryFolder();
        PackageBuilder.Import(Repository.Golden(set), folder.File("package"));
        var eval = Path.Combine(Repository.Golden(set), "eval");
        using var run = new EncodedSet(
            ModelPackage.Open(folder.File("package")), Path.Combine(eval, $"{split}.json"), Path.Combine(Repository.Golden(set), "images"), TextConvention.Am30);
        var (images, texts) = (run.Annotations.Images.Count, run.Annotations.Captions.Count);
        var sims = NpyFile.Read<float>(Path.Combine(eval, "expected", $"{split}_sims.npy")).Data;
        var i2t = NpyFile.Read<float>(Path.Combine(eval, "expected", $"{split}_k{k}_scores_i2t.npy")).Data;
        var t2i = NpyFile.Read<float>(Path.Combine(eval, "expected", $"{split}_k{k}_scores_t2i.npy")).Data;
        var exempt = run.Annotations.Images.ToList().IndexOf(Exempt);

        // The reference's own candidates, so that a similarity on the edge cannot choose others.
        var evaluation = new RetrievalEvaluation(
            run.Annotations,
            [.. Enumerable.Range(0, images).Select(i => Candidates.Top(sims.AsSpan(i * texts, texts), k))],
            [.. Enumerable.Range(0, texts).Select(t => Candidates.Top(Enumerable.Range(0, images).Select(i => sims[i * texts + t]).ToArray(), k))]);
        for (var i = 0; i < images; i++)
        {
            for (var t = 0; t < texts && i != exempt; t++)
                Assert.Equal(sims[i * texts + t], run.Similarity(i, t), SimilarityTolerance);
            var found = run.Score(i, evaluation.Pairs[i]);
            foreach (var (t, logit) in evaluation.Pairs[i].Zip(found))
            {
                var expected = i2t[i * texts + t] > -100 ? i2t[i * texts + t] : t2i[t * images + i];
                if (i != exempt)
                    Assert.Equal(expected, logit, LogitTolerance);
                evaluation.Add(i, t, i == exempt ? expected : logit);
            }
        }

        ReferenceMetrics.AssertInRange(eval, $"{split}_k{k}", JsonSerializer.SerializeToElement(evaluation.Reranked()));
    }

    [Fact]
    public void Evaluate_Scenes_EveryPairAndEveryMetricOfTheReference()
    {
        using var run = new EncodedSet(
            ModelPackage.Open(Repository.Scenes), Repository.Path("samples", "annotations.json"), Repository.Pictures, TextConvention.Ms25);
        var (images, texts) = (run.Annotations.Images.Count, run.Annotations.Captions.Count);
        var expected = Repository.Path("tests", "scenes", "expected");
        var sims = NpyFile.Read<float>(Path.Combine(expected, "itc_similarity.npy")).Data;
        var logits = NpyFile.Read<float>(Path.Combine(expected, "itm_logits.npy")).Data;
        var all = Enumerable.Range(0, texts).ToArray();
        var found = new float[images * texts];
        var worst = 0f;
        for (var i = 0; i < images; i++)
        {
            run.Score(i, all).CopyTo(found, i * texts);
            for (var t = 0; t < texts; t++)
            {
                worst = Math.Max(worst, Math.Abs(sims[i * texts + t] - run.Similarity(i, t)) / SimilarityTolerance);
                worst = Math.Max(worst, Math.Abs(logits[i * texts + t] - found[i * texts + t]) / LogitTolerance);
            }
        }

        Assert.InRange(worst, 0, 1);
        using var metrics = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(expected, "metrics.json")));
        foreach (var (k, name) in new[] { (32, "k_test_32"), (texts, "k_test_all") })
        {
            var evaluation = run.Plan(k);
            for (var i = 0; i < images; i++)
            {
                foreach (var t in evaluation.Pairs[i])
                    evaluation.Add(i, t, found[i * texts + t]);
            }

            ReferenceMetrics.AssertSame(metrics.RootElement.GetProperty(name), evaluation.Reranked());
        }

        var byItc = run.Plan(32).ByItc();
        Assert.Equal(metrics.RootElement.GetProperty("itc_only").GetProperty("txt_r1").GetDouble(), byItc.TextRecall1, 1e-9);
        Assert.Equal(metrics.RootElement.GetProperty("itc_only").GetProperty("img_r1").GetDouble(), byItc.ImageRecall1, 1e-9);
    }
}
