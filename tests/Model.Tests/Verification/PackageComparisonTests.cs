using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Tests.Inference;
using MplugCluster.Model.Verification;

namespace MplugCluster.Model.Tests.Verification;

/// <summary>What int8 costs the trained model; the bars are about twice what was measured over all 200 sample pictures.</summary>
public sealed class PackageComparisonTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Compare_Int8_CloseToFp32()
    {
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), folder.File("int8"), precision: Precision.Int8);
        var (int8, fp32) = (ModelPackage.Open(folder.File("int8")), ModelPackage.Open(Repository.Scenes));
        Assert.NotEqual(fp32.Fingerprint, int8.Fingerprint);

        var accuracy = PackageComparison.Compare(int8, fp32, Samples(40), Repository.Pictures);

        Assert.InRange(accuracy.ImageCosine.Least, 0.995, 0.999999);
        Assert.InRange(accuracy.TextCosine.Least, 0.995, 0.999999);
        Assert.InRange(accuracy.LogitRankCorrelation, 0.998, 0.999999);
        Assert.InRange(accuracy.LogitDifference.Mean, 1e-5, 0.03);
        Assert.InRange(accuracy.Recall.Mean, accuracy.OtherRecall.Mean - 1.5, accuracy.OtherRecall.Mean + 1.5);
    }

    /// <summary>Over all 200 sample pictures logits differed by 0.0031 at most (as a GPU rounds, by 0.0052), and mean recall by 0 (0.02).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Compare_Fp16_VeryCloseToFp32(bool asAGpu)
    {
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), folder.File("fp16"), precision: Precision.Fp16);
        var package = ModelPackage.Open(folder.File("fp16"));

        var accuracy = PackageComparison.Compare(asAGpu ? GpuRounding.Add(package) : package, ModelPackage.Open(Repository.Scenes), Samples(40), Repository.Pictures);

        Assert.InRange(accuracy.ImageCosine.Least, 0.99999, 1.000001);
        Assert.InRange(accuracy.TextCosine.Least, 0.99999, 1.000001);
        Assert.InRange(accuracy.LogitRankCorrelation, 0.99999, 1);
        Assert.InRange(accuracy.LogitDifference.Largest, 1e-6, 0.01);
        Assert.InRange(accuracy.Recall.Mean, accuracy.OtherRecall.Mean - 0.2, accuracy.OtherRecall.Mean + 0.2);
    }

    [Fact]
    public void Compare_Itself_NoDifference()
    {
        var package = ModelPackage.Open(Repository.Scenes);

        var accuracy = PackageComparison.Compare(package, package, Samples(5), Repository.Pictures, candidates: 2);

        Assert.Equal((0, 0), accuracy.LogitDifference);
        Assert.Equal(1, accuracy.LogitRankCorrelation, 1e-12);
        Assert.Equal(accuracy.OtherRecall, accuracy.Recall);
    }

    [Fact]
    public void Compare_AnotherModel_SaysSo()
    {
        PackageBuilder.Import(Repository.Golden("tiny-base"), folder.File("tiny"));
        var (tiny, scenes) = (ModelPackage.Open(folder.File("tiny")), ModelPackage.Open(Repository.Scenes));

        var failure = Assert.Throws<InvalidDataException>(() => PackageComparison.Compare(tiny, scenes, Samples(1), Repository.Pictures));

        Assert.Equal($"'{tiny.Directory}' and '{scenes.Directory}' are models of different sizes; they cannot be compared.", failure.Message);
    }

    [Fact]
    public void Spearman_TiesAndReversal_ByHand()
    {
        Assert.Equal(-1, RankCorrelation.Spearman([1, 2, 3], [30, 20, 10]), 1e-12);

        // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), RankCorrelation.Spearman([1, 2, 2, 3], [1, 2, 3, 4]), 1e-12);
    }

    static RetrievalAnnotations Samples(int count)
    {
        var all = RetrievalAnnotations.Load(Repository.Path("samples", "annotations.json"));
        return RetrievalAnnotations.Of(Enumerable.Range(0, count).Select(image =>
            (Path.GetFileName(all.Images[image]), (IReadOnlyList<string>)[.. all.CaptionsOfImage[image].Select(caption => all.Captions[caption])])));
    }
}
