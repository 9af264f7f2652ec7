using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Inference.Resident;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>Image tokens that stay on the device: the processor goes a GPU's ways here, with the same copies and bindings.</summary>
public sealed class ResidentTokensTests : IDisposable
{
    readonly SceneInputs inputs = new(seed: 3);

    ModelPackage Package => inputs.Package;

    public void Dispose() => inputs.Dispose();

    [Theory]
    [InlineData(FeaturePrecision.Fp32, 0)]
    [InlineData(FeaturePrecision.Fp32, int.MaxValue)]
    [InlineData(FeaturePrecision.Fp16, 0)]
    [InlineData(FeaturePrecision.Fp16, int.MaxValue)]
    public void EncodeAndScore_TokensStayOnTheDevice_SameBitsAsSendingThem(FeaturePrecision precision, int absorbedTokens)
    {
        var features = inputs.With(precision);
        var sending = Engine(features, places: 0, absorbedTokens);
        var keeping = Engine(features, places: 100, absorbedTokens);
        var pixels = inputs.Pixels(11);
        var (expected, found) = (sending.EncodeImages(pixels), keeping.EncodeImages(pixels));

        foreach (var (image, other) in expected.Zip(found))
        {
            Assert.Equal(image.Embedding, other.Embedding);
            Assert.Equal(image.Tokens.Bytes, other.Tokens.Bytes);
            Assert.Equal(precision, other.Tokens.Precision);
        }

        var texts = sending.EncodeTexts([.. Enumerable.Range(0, 30).Select(i => inputs.Text(2 + i % 20))]);
        Assert.Equal(Score(sending, expected, texts), Score(keeping, found, texts));
        Assert.Null(sending.Residency);
        Assert.Equal((11L, 0L), (keeping.Residency!.Value.Hits, keeping.Residency.Value.Misses));

        // Tokens of another origin, from a store say, are sent once and then there.
        ImageFeatures[] others = [.. found.Select(image => image with { Tokens = ImageTokens.FromBytes(image.Tokens.Bytes, precision) })];
        Assert.Equal(Score(sending, expected, texts), Score(keeping, others, texts));
        Assert.Equal(Score(sending, expected, texts), Score(keeping, others, texts));
        var bytes = 22L * others[0].Tokens.Bytes.Length;
        Assert.Equal(new TokenResidency(22, 11, bytes, 100 * bytes / 22), keeping.Residency);
    }

    [Fact]
    public void ScorePairs_FewerPlacesThanPictures_SameBitsAndTheLeastRecentlyUsedGo()
    {
        var sending = Engine(Package, places: 0);
        var keeping = Engine(Package, places: 5, pairImages: 2);
        var images = keeping.EncodeImages(inputs.Pixels(5));
        var texts = sending.EncodeTexts([inputs.Text(5), inputs.Text(9)]);

        Assert.Equal(Score(sending, images[..2], texts), Score(keeping, images[..2], texts));
        var more = sending.EncodeImages(inputs.Pixels(3));
        Assert.Equal(Score(sending, more, texts), Score(keeping, more, texts));
        Assert.Equal((2L, 3L), Asked());

        // Pictures 2, 3 and 4 had not been used for longest, so the first two are still there.
        Score(keeping, images[..2], texts);
        Assert.Equal((4L, 3L), Asked());
        Assert.Equal(Score(sending, images[2..], texts), Score(keeping, images[2..], texts));
        Assert.Equal((4L, 6L), Asked());

        (long, long) Asked() => (keeping.Residency!.Value.Hits, keeping.Residency.Value.Misses);
    }

    [Fact]
    public void ScorePairs_MorePicturesInARunThanPlaces_TheRunSendsThem()
    {
        var sending = Engine(Package, places: 0, absorbedTokens: 0);
        var keeping = Engine(Package, places: 3, pairImages: 4, absorbedTokens: 0);
        var images = keeping.EncodeImages(inputs.Pixels(4));
        var texts = sending.EncodeTexts([inputs.Text(5), inputs.Text(9)]);

        Assert.Equal(Score(sending, images, texts), Score(keeping, images, texts));
        Assert.Equal((0L, 4L), (keeping.Residency!.Value.Hits, keeping.Residency.Value.Misses));

        // The same picture several times needs one place.
        ImageFeatures[] repeated = [images[3], images[2], images[3], images[3]];
        Assert.Equal(Score(sending, repeated, texts), Score(keeping, repeated, texts));
        Assert.Equal((2L, 4L), (keeping.Residency!.Value.Hits, keeping.Residency.Value.Misses));
    }

    [Fact]
    public void ScorePairs_Fp32TokensWherePicturesAreKeptInFp16_NotRounded()
    {
        var features = inputs.With(FeaturePrecision.Fp16);
        var sending = Engine(features, places: 0);
        var keeping = Engine(features, places: 10);
        var images = new[] { new ImageFeatures([], inputs.Numbers(features.Config.ImageTokens * features.Config.HiddenSize)) };
        var texts = sending.EncodeTexts([inputs.Text(5)]);

        Assert.Equal(Score(sending, images, texts), Score(keeping, images, texts));
        Assert.Equal(0, keeping.Residency!.Value.Bytes);
    }

    [Fact]
    public void ScorePairs_ARunFails_TokensStayWhatTheyAre()
    {
        var fails = false;
        var keeping = Engine(Package, places: 10, before: () => fails ? throw new InvalidOperationException("lost") : true);
        var images = keeping.EncodeImages(inputs.Pixels(2));
        var texts = keeping.EncodeTexts([inputs.Text(5), inputs.Text(9)]);
        var expected = Score(keeping, images, texts);

        fails = true;
        Assert.Throws<InvalidOperationException>(() => Score(keeping, images, texts));
        fails = false;

        Assert.Equal(expected, Score(keeping, images, texts));
        Assert.Equal((4L, 0L), (keeping.Residency!.Value.Hits, keeping.Residency.Value.Misses));
    }

    [Fact]
    public async Task ScorePairs_FromSeveralThreadsWithFewPlaces_SameBits()
    {
        var sending = Engine(Package, places: 0);
        var keeping = Engine(Package, places: 3, pairImages: 2);
        var images = sending.EncodeImages(inputs.Pixels(8));
        var texts = sending.EncodeTexts([inputs.Text(5), inputs.Text(9)]);
        ImageFeatures[][] requests = [.. Enumerable.Range(0, 40).Select(_ => inputs.Random.GetItems(images, 3))];
        var expected = requests.Select(request => Score(sending, request, texts)).ToArray();

        await Parallel.ForAsync(0, requests.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (request, _) =>
        {
            Assert.Equal(expected[request], Score(keeping, requests[request], texts));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void ScorePairs_ObjectsOfPicturesAreGone_TheyAreNotKeptAlive()
    {
        var keeping = Engine(Package, places: 3);
        var tokens = Encoded();

        GC.Collect();

        Assert.False(tokens.IsAlive);
        Assert.Equal(3 * TokenPool.BytesOf(Package.Config, FeaturePrecision.Fp32), keeping.Residency!.Value.Bytes);

        WeakReference Encoded() => new(keeping.EncodeImages(inputs.Pixels(3))[0].Tokens);
    }

    [Fact]
    public void New_LessMemoryThanAPicture_WorksAndSaysSo()
    {
        var engine = Engine(Package, bytes: 1000);

        Assert.Null(engine.Residency);
        var bytes = TokenPool.BytesOf(Package.Config, FeaturePrecision.Fp32);
        Assert.Equal(
            $"Of the 1000 bytes for image tokens not one picture's could be kept, which are {bytes}: they are sent for every run.",
            Assert.Single(engine.Remarks));
        Assert.Single(engine.EncodeImages(inputs.Pixels(1)));
    }

    [Fact]
    public void TokenBytes_ByTheSettings_AQuarterOfTheLimitOrAGigabyte()
    {
        Assert.Equal(1L << 30, new CudaSettings().ChosenTokenBytes);
        Assert.Equal(2_000_000_000, new CudaSettings { MemoryBytes = 8_000_000_000 }.ChosenTokenBytes);
        Assert.Equal(5, new CudaSettings { MemoryBytes = 8_000_000_000, TokenBytes = 5 }.ChosenTokenBytes);
        Assert.Equal(uint.MaxValue, new CudaSettings { MemoryBytes = 80_000_000_000 }.ChosenTokenBytes);
    }

    [Fact]
    public void New_Processor_KeepsNone()
    {
        using var engine = new OnnxInferenceEngine(Package);

        Assert.Null(engine.Residency);
    }

    OnnxInferenceEngine Engine(
        ModelPackage of, int places = 0, int absorbedTokens = -1, int pairImages = 4, long? bytes = null, Func<bool>? before = null)
    {
        return inputs.Engine(of, new EngineOptions
        {
            AsGpu = true,
            AbsorbedTokens = absorbedTokens,
            Sizes = new BatchSizes(4, 4096, pairImages, 128),
            Cuda = new CudaSettings { TokenBytes = bytes ?? places * TokenPool.BytesOf(of.Config, of.Manifest.FeaturePrecision) },
            BeforeRun = (_, _) => before?.Invoke(),
        });
    }

    static ItmLogits[] Score(OnnxInferenceEngine engine, IEnumerable<ImageFeatures> images, IReadOnlyList<TextFeatures> texts) =>
        [.. engine.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]).SelectMany(row => row)];
}
