using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>A GPU's few shapes, which the processor runs here: padding changes no score.</summary>
public sealed class ShapeBucketsTests : IDisposable
{
    /// <summary>That of company on the processor; sums of other lengths round otherwise.</summary>
    const double Tolerance = 2e-5;

    static readonly MplugConfig Large = MplugConfigReader.ReadDirectory(Repository.Path("tests", "Benchmarks", "configs", "large"));

    readonly TemporaryFolder folder = new();
    readonly Random random = new(9);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void UpAndDown_AnyCount_PowersOfTwoAndHalvesBetween()
    {
        int[] sizes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
        for (var count = 1; count <= 512; count++)
        {
            Assert.Equal(sizes.First(size => size >= count), ShapeBuckets.Up(count));
            Assert.Equal(sizes.Last(size => size <= count), ShapeBuckets.Down(count));
        }
    }

    [Theory]
    [InlineData(32, 128)]
    [InlineData(13, 50)]
    [InlineData(1, 1)]
    public void Plan_AnyGroups_EveryPairOnceInFewShapesWithinTheSizes(int pairImages, int pairTexts)
    {
        int[][] groups = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, random.Next(0, 150)).Select(_ => random.Next(1, 26)).ToArray())];
        var batcher = new PairBatcher(Large, absorbedTokens: -1, buckets: true);
        var sizes = new BatchSizes(8, 4096, pairImages, pairTexts);

        var plan = batcher.Plan(groups, sizes);

        var pairs = plan.SelectMany(run => run.Rows).SelectMany(row => row.Texts.Select(text => (row.Group, text))).ToList();
        Assert.Equal(groups.Sum(group => group.Length), pairs.Count);
        Assert.Equal(pairs.Count, pairs.Distinct().Count());
        Assert.All(plan, run =>
        {
            Assert.True(batcher.Fits(run, sizes));
            Assert.InRange(run.Images, run.Rows.Count, run.Absorbed && pairImages > 1 ? 2 * pairImages : pairImages);
            Assert.InRange(run.TextsPerImage, run.Rows.Max(row => row.Texts.Length), Math.Max(2, pairTexts));
            Assert.InRange(run.TokensPerImage, run.Rows.Max(row => row.Texts.Sum(text => groups[row.Group][text])), 2048);
            Assert.Equal(0, run.Length % 8);
            Assert.All([run.Images, run.TextsPerImage, run.TokensPerImage, run.Length], size => Assert.Equal(size, ShapeBuckets.Up(size)));
        });
        Assert.InRange(plan.Select(run => (run.Images, run.TextsPerImage, run.TokensPerImage, run.Length)).Distinct().Count(), 1, 40);
    }

    [Fact]
    public void Plan_PicturesOfOneSizeOfRows_ShareARun()
    {
        var plan = new PairBatcher(Large, absorbedTokens: 0, buckets: true).Plan([[16], [13], [24], [12], [14], [17]], new BatchSizes(8, 4096, 32, 128));

        Assert.Equal([(1, 12), (3, 16), (2, 24)], plan.Select(run => (run.Images, run.TokensPerImage)));
    }

    [Theory]
    [InlineData("scenes", -1)]
    [InlineData("scenes", 0)]
    [InlineData("tiny-stride3", 0)]
    [InlineData("tiny-stride6", -1)]
    public void EncodeAndScore_FewShapes_TheNumbersOfTheProcessorsShapes(string model, int absorbedTokens)
    {
        var package = Package(model);
        using var plain = Engine(package, asGpu: false, absorbedTokens);
        using var padded = Engine(package, asGpu: true, absorbedTokens);
        var ids = Enumerable.Range(0, 70).Select(i => Ids(package, 1 + i % 40)).ToArray();
        var images = Images(package, 9);
        var (texts, others) = (plain.EncodeTexts(ids), padded.EncodeTexts(ids));

        foreach (var (text, other) in texts.Zip(others))
        {
            Assert.Equal(text.Length, other.Length);
            Close(text.Embedding, other.Embedding);
            Close(text.Tokens, other.Tokens);
        }

        PairGroup[] groups = [.. images.Select((image, i) => new PairGroup(image, texts[..(1 + i * i)]))];
        foreach (var (expected, found) in plain.ScorePairs(groups).Zip(padded.ScorePairs(groups)))
            Close([.. expected.Select(logits => logits.Match)], [.. found.Select(logits => logits.Match)]);
    }

    [Fact]
    public void EncodeImages_AnyCount_SizesAreFilledAndNothingIsPadded()
    {
        var package = Package("scenes");
        var runs = new List<int>();
        using var engine = new OnnxInferenceEngine(
            package, new EngineOptions { AsGpu = true, Sizes = new BatchSizes(13, 4096, 4, 128), BeforeRun = (_, units) => runs.Add(units) });

        var encoded = engine.EncodeImages([.. Enumerable.Range(0, 31).Select(_ => Numbers(3 * package.Config.ImageResolution * package.Config.ImageResolution))]);

        Assert.Equal(31, encoded.Distinct().Count());
        Assert.Equal([12, 12, 6, 1], runs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void ScorePairs_OtherCompanyAndOrder_SameBits(int absorbedTokens)
    {
        var package = Package("scenes");
        using var engine = Engine(package, asGpu: true, absorbedTokens);
        var (images, texts) = (Images(package, 5), engine.EncodeTexts([.. Enumerable.Range(0, 60).Select(i => Ids(package, 1 + i % 45))]));
        var together = engine.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]);

        foreach (var count in new[] { 1, 2, 3, 5, 8, 13, 31 })
        {
            (int Image, int[] Texts)[] parts =
                [.. Enumerable.Range(0, images.Length).SelectMany(image => Shuffled(texts.Length).Chunk(count).Select(part => (image, part)))];
            random.Shuffle(parts);
            var apart = engine.ScorePairs([.. parts.Select(part => new PairGroup(images[part.Image], [.. part.Texts.Select(text => texts[text])]))]);

            foreach (var ((image, chosen), found) in parts.Zip(apart))
                Assert.Equal(chosen.Select(text => together[image][text]), found);
        }
    }

    /// <summary>Whatever stands in padding, even what is no number.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PairScorer_OtherNumbersInPadding_SameBits(bool absorbed)
    {
        var package = Package("scenes");
        var batch = Assert.Single(new PairBatcher(package.Config, absorbed ? int.MaxValue : 0, buckets: true)
            .Plan([.. Enumerable.Repeat<int[]>([3, 5, 9, 2, 11], 5)], new BatchSizes(1, 4096, 32, 128)));
        PairGroup[] groups = [.. Images(package, 5).Select(image => new PairGroup(image, [.. batch.Rows[0].Texts.Select(text => Text(package, new[] { 3, 5, 9, 2, 11 }[text]))]))];
        Assert.Equal((6, 6, 32, 16), (batch.Images, batch.TextsPerImage, batch.TokensPerImage, batch.Length));
        using var session = OnnxSessionFactory.Open(absorbed ? package.AbsorbedPairScorerPath! : package.PairScorerPath, new EngineOptions(), prepack: true);

        var expected = Score(_ => { });
        var found = Score(inputs =>
        {
            var (image, text) = (package.Config.ImageTokens * package.Config.HiddenSize, package.Config.HiddenSize);
            inputs.Values[0].GetTensorMutableDataAsSpan<float>()[(5 * image)..].Fill(1e5f);
            var rows = inputs.Values[1].GetTensorMutableDataAsSpan<float>();
            for (var picture = 0; picture < 6; picture++)
                rows[((picture * 32 + (picture < 5 ? 30 : 0)) * text)..((picture + 1) * 32 * text)].Fill(float.NaN);
        });

        Assert.Equal(expected, found);

        float[] Score(Action<PairInputs> change)
        {
            using var inputs = new PairInputs(package.Config, groups, batch);
            change(inputs);
            using var run = new RunOptions();
            using var outputs = session.Run(run, PairInputs.Names, inputs.Values, ["itm_logits"]);
            return outputs[0].GetTensorDataAsSpan<float>()[..(5 * 6 * 2)].ToArray();
        }
    }

    OnnxInferenceEngine Engine(ModelPackage package, bool asGpu, int absorbedTokens) =>
        new(package, new EngineOptions { AsGpu = asGpu, AbsorbedTokens = absorbedTokens, Sizes = new BatchSizes(4, 300, 8, 128) });

    ModelPackage Package(string model)
    {
        if (model == "scenes")
            return ModelPackage.Open(Repository.Scenes);
        PackageBuilder.Import(Repository.Golden(model), folder.File(model));
        return ModelPackage.Open(folder.File(model));
    }

    static void Close(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    ImageFeatures[] Images(ModelPackage package, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new ImageFeatures([], Numbers(package.Config.ImageTokens * package.Config.HiddenSize)))];

    TextFeatures Text(ModelPackage package, int length) => new([], Numbers(length * package.Config.HiddenSize), length);

    float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

    int[] Ids(ModelPackage package, int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(5, package.Config.VocabularySize))];

    int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }
}
