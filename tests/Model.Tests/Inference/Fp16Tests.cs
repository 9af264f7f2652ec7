using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>An fp16 package, on the processor: the runtime computes in fp32 there and rounds wherever the graph says fp16.</summary>
public sealed class Fp16Tests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly Random random = new(3);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Import_Fp16_HalfTheBytesAndAFingerprintOfItsOwn()
    {
        var (package, fp32) = (Import(Repository.Path("tests", "scenes", "checkpoint")), ModelPackage.Open(Repository.Scenes));

        Assert.Equal(Precision.Fp16, package.Manifest.Precision);
        Assert.NotEqual(fp32.Fingerprint, package.Fingerprint);
        Assert.InRange(Weights(package), 0.45 * Weights(fp32), 0.55 * Weights(fp32));
        Assert.Null(package.AbsorbedPairScorerPath);

        static long Weights(ModelPackage of) => of.Manifest.Files.Single(file => file.Name == "weights.bin").Bytes;
    }

    [Fact]
    public void Graphs_Fp16_NormsSumsAndHeadsStaySingle()
    {
        var package = Import(Repository.Path("tests", "scenes", "checkpoint"));
        foreach (var path in new[] { package.ImageEncoderPath, package.TextEncoderPath, package.PairScorerPath })
        {
            var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph;
            var types = graph.Initializer.ToDictionary(tensor => tensor.Name, tensor => (OnnxType)tensor.DataType);
            Assert.All(graph.Input.Concat(graph.Output), door => Assert.NotEqual((int)OnnxType.Half, door.Type.TensorType.ElemType));
            Assert.All(graph.Node.Where(node => node.OpType == "LayerNormalization"), node => Assert.Equal(OnnxType.Float, types[node.Input[1]]));
            Assert.All(types, weight => Assert.Equal(
                weight.Key.EndsWith(".half", StringComparison.Ordinal), weight.Value == OnnxType.Half));
            Assert.All(types.Keys.Where(name => name.Contains("_proj.", StringComparison.Ordinal) && !name.Contains("resblocks", StringComparison.Ordinal)), name => Assert.Equal(OnnxType.Float, types[name]));
            Assert.Contains(types.Values, type => type == OnnxType.Half);
        }
    }

    [Theory]
    [InlineData("tiny-stride3", false)]
    [InlineData("tiny-stride6", false)]
    [InlineData("tiny-base", false)]
    [InlineData("tiny-stride3", true)]
    [InlineData("tiny-stride6", true)]
    [InlineData("tiny-base", true)]
    public void Verify_GoldenSets_WithinTheTolerancesOfFp16(string set, bool asAGpu)
    {
        var package = Import(Repository.Golden(set));
        var checks = GoldenVerifier.Verify(asAGpu ? GpuRounding.Add(package) : package, Repository.Golden(set));

        // In a concat layer other company is other padding, hence another order of sums; where that is rounded to fp16 it shows.
        Assert.All(checks, check => Assert.True(
            check.Passed || (asAGpu && check.Quantity.Contains("alone", StringComparison.Ordinal) && check.MaxDifference < 2e-3),
            $"{check.Quantity}: {check.MaxDifference}, allowed {check.Tolerance}"));
        Assert.Equal((2e-3, 4e-2), (Tolerance("image embedding"), Tolerance("ITM logits, ms25")));
        Assert.Equal((2e-5, 2e-4), (Tolerance("pixels (09_png_grey16.png apart)"), Tolerance("ITM logits of a pair alone and in its batch, ms25")));

        double Tolerance(string quantity) => Math.Round(checks.Single(check => check.Quantity == quantity).Tolerance, 12);
    }

    [Fact]
    public void ScorePairs_OtherCompanyAndOrder_SameBits()
    {
        using var engine = new OnnxInferenceEngine(Import(Repository.Path("tests", "scenes", "checkpoint")));
        var images = Enumerable.Range(0, 4).Select(_ => new ImageFeatures([], Numbers(engine.Config.ImageTokens * engine.Config.HiddenSize))).ToArray();
        var texts = Enumerable.Range(0, 50).Select(i => new TextFeatures([], Numbers((1 + i % 25) * engine.Config.HiddenSize), 1 + i % 25)).ToArray();
        var together = engine.ScorePairs([.. images.Select(image => new PairGroup(image, texts))]);

        foreach (var (image, expected) in images.Zip(together))
        {
            Assert.Equal(expected, texts.Select(text => engine.ScorePairs([new PairGroup(image, [text])])[0][0]));
            foreach (var part in Enumerable.Range(0, texts.Length).Chunk(7))
                Assert.Equal(part.Select(text => expected[text]), engine.ScorePairs([new PairGroup(image, [.. part.Select(text => texts[text])])])[0]);
        }
    }

    [Fact]
    public void Explain_Fp16_SameScoreAsThePairScorer()
    {
        using var engine = new OnnxInferenceEngine(Import(Repository.Path("tests", "scenes", "checkpoint")));
        var image = new ImageFeatures([], Numbers(engine.Config.ImageTokens * engine.Config.HiddenSize));
        var text = new TextFeatures([], Numbers(9 * engine.Config.HiddenSize), 9);

        var explained = engine.Explain(image, text, 0);

        Assert.Equal(engine.ScorePairs([new PairGroup(image, [text])])[0][0].Match, explained.Logits.Match, 5e-3);
    }

    [Fact]
    public void New_Fp16OnTheProcessor_WorksAndSaysWhatIsFaster()
    {
        var package = Import(Repository.Golden("tiny-base"));
        using var engine = new OnnxInferenceEngine(package);

        Assert.StartsWith($"'{package.Directory}' is an fp16 package, which is for GPUs. ", Assert.Single(engine.Remarks));
    }

    [Fact]
    public void Write_NumberThatFp16CannotHold_SaysWhichWeight()
    {
        var weight = new StoredWeight("visn_fc.weight", [1, 2], 0, 1, Transposed: true, WeightForm.Half);

        var failure = Assert.Throws<PackageException>(() => WeightFileWriter.Write(folder.File("w.bin"), new TwoNumbers(), [weight], null));

        Assert.Equal("The weight 'visn_fc.weight' has the number 70000, but fp16 ends at 65504. Import the checkpoint with --precision fp32.", failure.Message);
    }

    ModelPackage Import(string checkpoint)
    {
        PackageBuilder.Import(checkpoint, folder.File("fp16"), precision: Precision.Fp16);
        return ModelPackage.Open(folder.File("fp16"));
    }

    float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

    sealed class TwoNumbers : IWeights
    {
        public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } =
            new Dictionary<string, TensorInfo> { ["visn_fc.weight"] = new("visn_fc.weight", ElementType.Float32, [1, 2]) };

        public void Read(string name, Span<float> destination) => (destination[0], destination[1]) = (1, -70000);
    }
}
