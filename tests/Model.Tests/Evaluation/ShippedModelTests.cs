using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Evaluation;

/// <summary>The model that ships, on drawings that it was not trained with.</summary>
public sealed class ShippedModelTests
{
    /// <summary>What the model that the reference's code trained reaches in R@1 after reranking, texts of a picture and pictures of a text.</summary>
    const double ReferenceText = 83.5, ReferenceImage = 71.2;

    [Fact]
    public void Evaluate_Samples_AsGoodAsTheReferencesModelAndBetterForReranking()
    {
        using var set = new EncodedSet(
            ModelPackage.Open(Repository.ShippedModel), Repository.Path("samples", "annotations.json"), Repository.Pictures, TextConvention.Ms25);
        var plan = set.Plan(32);
        for (var image = 0; image < set.Annotations.Images.Count; image++)
        {
            foreach (var (text, logit) in plan.Pairs[image].Zip(set.Score(image, plan.Pairs[image])))
                plan.Add(image, text, logit);
        }

        RecallMetrics reranked = plan.Reranked(), byItc = plan.ByItc();

        Assert.InRange(reranked.TextRecall1, ReferenceText, 100);
        Assert.InRange(reranked.ImageRecall1, ReferenceImage, 100);
        Assert.InRange(reranked.TextRecall1, byItc.TextRecall1 + 3, 100);
        Assert.InRange(reranked.ImageRecall1, byItc.ImageRecall1 + 3, 100);
    }
}
