using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>An int8 package's numbers do not depend on what shares a run with them.</summary>
public sealed class Int8Tests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly OnnxInferenceEngine engine;
    readonly Random random = new(7);

    public Int8Tests()
    {
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), folder.File("int8"), precision: Precision.Int8);
        engine = new OnnxInferenceEngine(ModelPackage.Open(folder.File("int8")));
    }

    public void Dispose()
    {
        engine.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(40)]
    public void ScorePairs_RegroupedAndShuffled_SameBits(int textsPerGroup)
    {
        var images = Images(6);
        var texts = Texts(60, shortest: 13, longest: 13);
        var together = engine.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]);

        var pairs = Enumerable.Range(0, images.Length).SelectMany(image => Shuffled(texts.Length).Chunk(textsPerGroup).Select(chosen => (image, chosen))).ToArray();
        random.Shuffle(pairs);
        var apart = engine.ScorePairs([.. pairs.Select(pair => new PairGroup(images[pair.image], [.. pair.chosen.Select(text => texts[text])]))]);

        foreach (var ((image, chosen), found) in pairs.Zip(apart))
            Assert.Equal(chosen.Select(text => together[image][text].Match), found.Select(logits => logits.Match));
    }

    [Fact]
    public void ScorePairs_TextsOfAllLengthsInOtherCompany_SameBits()
    {
        var images = Images(2);
        var texts = Texts(90, shortest: 1, longest: 45);
        var together = engine.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]);

        foreach (var (image, expected) in images.Zip(together))
        {
            Assert.Equal(expected, texts.Select(text => engine.ScorePairs([new PairGroup(image, [text])])[0][0]));
            for (var count = 2; count < 30; count += 3)
            {
                var chosen = Shuffled(texts.Length)[..count];
                var some = engine.ScorePairs([new PairGroup(image, [.. chosen.Select(text => texts[text])])])[0];
                Assert.Equal(chosen.Select(text => expected[text]), some);
            }
        }
    }

    [Fact]
    public void EncodeTexts_OtherCompany_SameTokens()
    {
        int[][] texts = [.. Enumerable.Range(0, 40).Select(i => Ids(2 + i % 9))];

        foreach (var (text, found) in texts.Zip(engine.EncodeTexts(texts)))
            Assert.Equal(engine.EncodeTexts([text])[0].Tokens, found.Tokens);
    }

    [Fact]
    public void EncodeImages_OtherCompany_SameBits()
    {
        var pixels = Enumerable.Range(0, 3).Select(_ => Pixels()).ToArray();

        foreach (var (picture, found) in pixels.Zip(engine.EncodeImages(pixels)))
        {
            var alone = engine.EncodeImages([picture])[0];
            Assert.Equal(alone.Embedding, found.Embedding);
            Assert.Equal(alone.Tokens.Bytes, found.Tokens.Bytes);
        }
    }

    [Fact]
    public void New_Int8OnAGpu_SaysWhatToDo()
    {
        var package = ModelPackage.Open(folder.File("int8"));

        var failure = Assert.Throws<DeviceUnavailableException>(() => new OnnxInferenceEngine(package, new EngineOptions { Device = DeviceName.Parse("cuda:0") }));

        Assert.Equal(
            $"Device cuda:0 cannot run '{package.Directory}': int8 packages are for the processor. Import the checkpoint with --precision fp32 or fp16 for a GPU.",
            failure.Message);
    }

    ImageFeatures[] Images(int count) => engine.EncodeImages([.. Enumerable.Range(0, count).Select(_ => Pixels())]);

    float[] Pixels()
    {
        var side = engine.Config.ImageResolution;
        return [.. Enumerable.Range(0, 3 * side * side).Select(_ => 2 * random.NextSingle() - 1)];
    }

    TextFeatures[] Texts(int count, int shortest, int longest) =>
        engine.EncodeTexts([.. Enumerable.Range(0, count).Select(i => Ids(shortest + i % (longest - shortest + 1)))]);

    int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(5, engine.Config.VocabularySize))];

    int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }
}
