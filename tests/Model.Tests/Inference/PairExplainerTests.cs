using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;
using MplugCluster.Model.Verification;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>The explaining pair scorer beside the reference's numbers: its logits, and attention computed anew from the reference's activations.</summary>
public sealed class PairExplainerTests
{
    /// <summary>Tolerance of the golden sets for logits and inner activations.</summary>
    const double Tolerance = 2e-4;

    /// <summary>For shares, which are about 0.04 each: far below what separates them.</summary>
    const double ShareTolerance = 1e-6;

    /// <summary>The picture and the caption whose activations the sets hold.</summary>
    const int Picture = 3, Caption = 3;

    public static TheoryData<string> Sets => [.. Repository.GoldenSets];

    [Theory, MemberData(nameof(Sets))]
    public void Explain_EveryPair_TheScorersLogitAndRowsOfSumOne(string set)
    {
        using var folder = new TemporaryFolder();
        using var engine = Engine(set, folder, out var golden);
        var images = Images(engine, golden);
        var texts = engine.EncodeTexts(golden.TokenIds(TextConvention.Ms25));
        var expected = golden.Floats("itm_logits_ms25").Data;

        for (var pair = 0; pair < images.Length * texts.Length; pair++)
        {
            var (image, text) = (images[pair / texts.Length], texts[pair % texts.Length]);
            var found = engine.Explain(image, text, pair % engine.Config.FusionLayers);
            var scored = engine.ScorePairs([new PairGroup(image, [text])])[0][0];

            Assert.Equal(expected[2 * pair], found.Logits.NoMatch, Tolerance);
            Assert.Equal(expected[2 * pair + 1], found.Logits.Match, Tolerance);
            Assert.Equal(scored.Match, found.Logits.Match, Tolerance);
            Assert.Equal((engine.Config.AttentionHeads, text.Length, engine.Config.ImageTokens), (found.Heads, found.TextTokens, found.ImageTokens));
            Assert.All(found.Shares.Chunk(found.ImageTokens), row => Assert.Equal(1, row.Sum(share => (double)share), 1e-5));
            Assert.All(found.Maps().Chunk(found.ImageTokens - 1), map => Assert.Equal(1, map.Sum(share => (double)share), 1e-5));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Explain_EveryLayer_TheSoftmaxOfTheReferencesActivations(string set)
    {
        using var folder = new TemporaryFolder();
        using var engine = Engine(set, folder, out var golden);
        using var checkpoint = MplugCheckpoint.Open(Repository.Golden(set));
        var image = Images(engine, golden)[Picture];
        var text = engine.EncodeTexts([golden.TokenIds(TextConvention.Ms25)[Caption]])[0];

        for (var n = 0; n < engine.Config.FusionLayers; n++)
        {
            var expected = Shares(checkpoint, golden, engine.Config, n, text.Length);
            var found = engine.Explain(image, text, n).Shares;

            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, ShareTolerance));
            Assert.True(expected.Max() - expected.Min() > 100 * ShareTolerance);
        }
    }

    /// <summary>With two concat layers, one of them in the middle: from it on the picture's tokens depend on the text.</summary>
    [Fact]
    public void Explain_ConcatLayersInTheMiddle_TheScorersLogitAndRowsOfSumOne()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("config"));
        foreach (var name in new[] { "config.yaml", "config_bert.json", "vocab.txt" })
            File.WriteAllText(folder.File($"config/{name}"), File.ReadAllText(Path.Combine(Repository.Golden("tiny-stride3"), name)).Replace("\"stride_layer\": 3", "\"stride_layer\": 1"));
        PackageBuilder.Random(folder.File("config"), folder.File("package"));
        using var engine = new OnnxInferenceEngine(ModelPackage.Open(folder.File("package")));
        var golden = new GoldenSet(Repository.Golden("tiny-stride3"));
        var image = Images(engine, golden)[Picture];
        var text = engine.EncodeTexts([golden.TokenIds(TextConvention.Ms25)[Caption]])[0];
        var scored = engine.ScorePairs([new PairGroup(image, [text])])[0][0];

        Assert.Equal([false, true, true, true], Enumerable.Range(0, 4).Select(engine.Config.IsConcatLayer));
        for (var layer = 0; layer < 4; layer++)
        {
            var found = engine.Explain(image, text, layer);

            Assert.Equal(scored.Match, found.Logits.Match, Tolerance);
            Assert.Equal(engine.Config.ImageTokens, found.ImageTokens);
            Assert.All(found.Shares.Chunk(found.ImageTokens), row => Assert.Equal(1, row.Sum(share => (double)share), 1e-5));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Explain_LayerThatIsNotThere_Throws(int layer)
    {
        using var engine = new OnnxInferenceEngine(ModelPackage.Open(Repository.Scenes));

        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Explain(new ImageFeatures([], []), new TextFeatures([], [], 0), layer));
    }

    [Fact]
    public void Explain_Package_StaysAsItWas()
    {
        using var folder = new TemporaryFolder();
        using (var engine = Engine("tiny-stride6", folder, out var golden))
            engine.Explain(Images(engine, golden)[0], engine.EncodeTexts([[1, 2, 3]])[0], 0);

        var package = ModelPackage.Open(folder.File("package"));
        Assert.Equal(package.Manifest.Files.Select(file => file.Name).Append("package.json").Order(), Files(package.Directory));
    }

    [Fact]
    public void Maps_TwoHeads_TheirMeanWithoutTheClassToken()
    {
        var attention = new PairAttention(default, [0.5f, 0.5f, 0f, /* token 1 */ 1f, 0f, 0f, /* head 1 */ 0.2f, 0.3f, 0.5f, 1f, 0f, 0f], 2, 2);

        // Token 0: 0.8 and 0.5 of 1.3. Token 1 looks at the class token alone.
        Assert.Equal([0.8f / 1.3f, 0.5f / 1.3f, 0.5f, 0.5f], attention.Maps());
    }

    /// <summary>Softmax of scaled products, head by head, in double precision: nothing of the graphs is in it but the weights' names.</summary>
    static double[] Shares(MplugCheckpoint checkpoint, GoldenSet golden, MplugConfig config, int n, int length)
    {
        var (number, hidden, tokens) = (config.FirstFusionLayer + n, config.HiddenSize, config.ImageTokens);
        var (text, part) = config.IsConcatLayer(n) ? ($"fusion_layer{number - 1}_cross", "attention") : ($"fusion_layer{number}_selfatt", "crossattention");
        var image = golden.Floats("image_embeds").Data.AsSpan(Picture * tokens * hidden, tokens * hidden);
        var queries = Linear(golden.Floats($"debug/{text}").Data.AsSpan(0, length * hidden), "query");
        var keys = Linear(image, "key");
        var (heads, width) = (config.AttentionHeads, hidden / config.AttentionHeads);
        var shares = new double[heads * length * tokens];
        for (var row = 0; row < heads * length; row++)
        {
            var (head, at) = (row / length, row % length * hidden + row / length * width);
            var scores = Enumerable.Range(0, tokens).Select(token => Math.Exp(Enumerable.Range(0, width)
                .Sum(i => queries[at + i] * keys[token * hidden + head * width + i]) / Math.Sqrt(width))).ToArray();
            for (var token = 0; token < tokens; token++)
                shares[row * tokens + token] = scores[token] / scores.Sum();
        }

        return shares;

        double[] Linear(ReadOnlySpan<float> x, string name)
        {
            var layer = $"fusion_encoder.encoder.layer.{number}.{part}.self.{name}";
            var (weight, bias) = (new float[hidden * hidden], new float[hidden]);
            checkpoint.Read($"{layer}.weight", weight);
            checkpoint.Read($"{layer}.bias", bias);
            var result = new double[x.Length];
            for (var i = 0; i < result.Length; i++)
            {
                var (from, to) = (i / hidden * hidden, i % hidden);
                result[i] = bias[to];
                for (var k = 0; k < hidden; k++)
                    result[i] += (double)x[from + k] * weight[to * hidden + k];
            }

            return result;
        }
    }

    static OnnxInferenceEngine Engine(string set, TemporaryFolder folder, out GoldenSet golden)
    {
        PackageBuilder.Import(Repository.Golden(set), folder.File("package"));
        golden = new GoldenSet(Repository.Golden(set));
        return new OnnxInferenceEngine(ModelPackage.Open(folder.File("package")));
    }

    static ImageFeatures[] Images(OnnxInferenceEngine engine, GoldenSet golden)
    {
        var pixels = golden.Floats("pixels");
        return engine.EncodeImages([.. pixels.Data.Chunk(pixels.Data.Length / pixels.Shape[0])]);
    }

    static IEnumerable<string> Files(string directory) => Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)!).Order();
}
