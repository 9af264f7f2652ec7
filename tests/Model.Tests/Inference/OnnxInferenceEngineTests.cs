using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

public sealed class OnnxInferenceEngineTests : IDisposable
{
    const double Tolerance = 2e-5;

    readonly OnnxInferenceEngine engine = new(ModelPackage.Open(Repository.Scenes));
    readonly Random random = new(5);

    public void Dispose() => engine.Dispose();

    [Fact]
    public void New_GpuWithTheProcessorsBuild_SaysWhatIsMissingAndWhatToDo()
    {
        var failure = Assert.Throws<DeviceUnavailableException>(() =>
            new OnnxInferenceEngine(ModelPackage.Open(Repository.Scenes), new EngineOptions { Device = DeviceName.Parse("cuda:1") }));

        Assert.StartsWith("Device cuda:1 needs ONNX Runtime with CUDAExecutionProvider, but this build offers only ", failure.Message);
        Assert.EndsWith("Build with -p:OnnxRuntime=Gpu, or use the processor: Mplug__Device__Devices=cpu, with train --device cpu.", failure.Message);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("CPU")]
    public void DeviceName_NoDevice_SaysWhatDevicesLookLike(string name) =>
        Assert.Equal(
            $"'{name}' is not a device; devices are 'cpu' and 'cuda:0', 'cuda:1', ...",
            Assert.Throws<FormatException>(() => DeviceName.Parse(name)).Message);

    [Fact]
    public void ScorePairs_ManyShapesAtOnce_EqualsEachPairAlone()
    {
        var images = Images(7);
        var texts = engine.EncodeTexts([.. Enumerable.Range(0, 60).Select(i => Text(2 + i % 23))]);
        PairGroup[] groups =
        [
            new(images[0], texts), new(images[1], texts[..1]), new(images[2], texts[5..6]), new(images[3], [texts[3], texts[3]]),
            new(images[4], []), new(images[5], texts[..1]), new(images[6], texts[10..40]), new(images[0], texts[..1]),
        ];

        var scored = engine.ScorePairs(groups);

        Assert.Equal(groups.Select(group => group.Texts.Count), scored.Select(group => group.Length));
        foreach (var (group, found) in groups.Zip(scored))
        {
            foreach (var (text, logits) in group.Texts.Zip(found))
            {
                var alone = engine.ScorePairs([new PairGroup(group.Image, [text])])[0][0];
                Assert.Equal(alone.Match, logits.Match, Tolerance);
                Assert.Equal(alone.NoMatch, logits.NoMatch, Tolerance);
            }
        }
    }

    /// <summary>Of one form; which one is taken follows from the picture's own texts.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void ScorePairs_OtherCompanyAndOrder_SameBits(int absorbedTokens)
    {
        using var form = new OnnxInferenceEngine(ModelPackage.Open(Repository.Scenes), new EngineOptions { AbsorbedTokens = absorbedTokens });
        var images = Images(5);
        var texts = form.EncodeTexts([.. Enumerable.Range(0, 90).Select(i => Text(1 + i % 45))]);
        var together = form.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]);

        foreach (var count in new[] { 1, 2, 3, 5, 8, 13, 31 })
        {
            int[] order = [.. Enumerable.Range(0, texts.Length)];
            random.Shuffle(order);
            (int Image, int[] Texts)[] parts = [.. Enumerable.Range(0, images.Length).SelectMany(image => order.Chunk(count).Select(part => (image, part)))];
            random.Shuffle(parts);
            var apart = form.ScorePairs([.. parts.Select(part => new PairGroup(images[part.Image], [.. part.Texts.Select(text => texts[text])]))]);

            foreach (var ((image, chosen), found) in parts.Zip(apart))
                Assert.Equal(chosen.Select(text => together[image][text]), found);
        }
    }

    [Fact]
    public void ScorePairs_SameRequestTwice_SameBits()
    {
        var images = Images(3);
        var texts = engine.EncodeTexts([.. Enumerable.Range(0, 40).Select(i => Text(2 + i % 23))]);
        PairGroup[] groups = [.. images.Select(image => new PairGroup(image, texts))];

        Assert.Equal(engine.ScorePairs(groups).SelectMany(row => row), engine.ScorePairs(groups).SelectMany(row => row));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(100)]
    [InlineData(1)]
    public void EncodeTexts_AnyCompanyAndBatchSize_SameBits(int tokensPerRun)
    {
        int[][] texts = [.. Enumerable.Range(0, 130).Select(i => Text(1 + i % 40))];
        using var other = new OnnxInferenceEngine(ModelPackage.Open(Repository.Scenes), new EngineOptions { Sizes = new(1, tokensPerRun, 4, 128) });

        var together = engine.EncodeTexts(texts);

        foreach (var (text, found) in texts.Zip(together))
        {
            var alone = engine.EncodeTexts([text])[0];
            Assert.Equal(text.Length, found.Length);
            Assert.Equal(alone.Embedding, found.Embedding);
            Assert.Equal(alone.Tokens, found.Tokens);
        }

        random.Shuffle(texts);
        foreach (var (text, found) in texts.Zip(other.EncodeTexts(texts)))
            Assert.Equal(engine.EncodeTexts([text])[0].Tokens, found.Tokens);
    }

    [Fact]
    public void EncodeAndScore_Nothing_Nothing()
    {
        Assert.Empty(engine.EncodeImages([]));
        Assert.Empty(engine.EncodeTexts([]));
        Assert.Empty(engine.ScorePairs([]));
    }

    ImageFeatures[] Images(int count)
    {
        var size = 3 * engine.Config.ImageResolution * engine.Config.ImageResolution;
        return engine.EncodeImages([.. Enumerable.Range(0, count).Select(_ =>
            Enumerable.Range(0, size).Select(_ => 2 * random.NextSingle() - 1).ToArray())]);
    }

    int[] Text(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(5, engine.Config.VocabularySize))];
}
