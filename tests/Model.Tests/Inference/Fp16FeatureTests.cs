using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>What fp16 features change in the numbers of the trained model: image tokens, and through them ITM logits, a little.</summary>
public sealed class Fp16FeatureTests : IDisposable
{
    /// <summary>Twice what was measured over all 200,000 pairs of sample pictures and captions: 0.0014 at most, 0.00003 on average, in logits from -4.0 to 2.6.</summary>
    const double LogitTolerance = 0.003;

    const int PictureCount = 10;

    readonly TemporaryFolder folder = new();
    readonly OnnxInferenceEngine fp32 = new(ModelPackage.Open(Repository.Scenes));
    readonly OnnxInferenceEngine fp16;

    public Fp16FeatureTests()
    {
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), folder.File("fp16"), featurePrecision: FeaturePrecision.Fp16);
        fp16 = new OnnxInferenceEngine(ModelPackage.Open(folder.File("fp16")));
    }

    public void Dispose()
    {
        fp32.Dispose();
        fp16.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void EncodeImages_Fp16_TheTokensRoundedAndNothingElse()
    {
        var pixels = Pictures(3);

        foreach (var (expected, found) in fp32.EncodeImages(pixels).Zip(fp16.EncodeImages(pixels)))
        {
            Assert.Equal(expected.Embedding, found.Embedding);
            Assert.Equal(ImageTokens.Rounded(expected.Tokens.ToSingles(), FeaturePrecision.Fp16).Bytes, found.Tokens.Bytes);
            Assert.Equal(FeaturePrecision.Fp16, found.Tokens.Precision);
            Assert.Equal(expected.Tokens.Bytes.Length, 2 * found.Tokens.Bytes.Length);
        }
    }

    [Fact]
    public void ScorePairs_Fp16_LogitsCloseToFp32()
    {
        var pixels = Pictures(PictureCount);
        var captions = RetrievalAnnotations.Load(Repository.Path("samples", "annotations.json")).Captions.Take(5 * PictureCount);
        var tokenizer = CaptionTokenizer.Load(ModelPackage.Open(Repository.Scenes).VocabularyPath);
        var texts = fp32.EncodeTexts([.. captions.Select(caption => tokenizer.Encode(caption, TextConvention.Ms25))]);

        var expected = Score(fp32);
        var found = Score(fp16);

        Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a.Match - b.Match)).Max(), double.Epsilon, LogitTolerance);

        ItmLogits[] Score(OnnxInferenceEngine engine) =>
            [.. engine.ScorePairs([.. engine.EncodeImages(pixels).Select(image => new PairGroup(image, texts))]).SelectMany(row => row)];
    }

    float[][] Pictures(int count)
    {
        var preprocessor = new PicturePreprocessor(fp32.Config.ImageResolution);
        return [.. Directory.GetFiles(Repository.Pictures).Order(StringComparer.Ordinal).Take(count).Select(file =>
            preprocessor.TryPreprocess(File.ReadAllBytes(file), applyOrientation: true, out var pixels, out var error)
                ? pixels
                : throw new InvalidDataException(error.Reason))];
    }
}
