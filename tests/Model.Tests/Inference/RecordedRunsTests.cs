using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Inference.Resident;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

/// <summary>
/// Small runs at fixed addresses, as CUDA graphs need them. The processor records nothing: here every run is done anew, from the same places and
/// to the same places as a replay.
/// </summary>
public sealed class RecordedRunsTests : IDisposable
{
    readonly SceneInputs inputs = new(seed: 21);

    ModelPackage Package => inputs.Package;

    public void Dispose() => inputs.Dispose();

    [Theory]
    [InlineData(FeaturePrecision.Fp32, 0)]
    [InlineData(FeaturePrecision.Fp32, int.MaxValue)]
    [InlineData(FeaturePrecision.Fp16, int.MaxValue)]
    public void ScorePairs_FixedAddresses_SameBitsAsAnyAddresses(FeaturePrecision precision, int absorbedTokens)
    {
        var features = inputs.With(precision);
        var (recording, plain) = (Engine(features, graphs: true, absorbedTokens), Engine(features, graphs: false, absorbedTokens));
        var images = plain.EncodeImages(inputs.Pixels(12));
        var texts = plain.EncodeTexts([.. Enumerable.Range(0, 20).Select(i => inputs.Text(2 + i % 9))]);

        // The same few shapes come again with other content, and others in between.
        for (var request = 0; request < 60; request++)
        {
            var groups = inputs.Random.GetItems(images, 1 + request % 5).Select(image => new PairGroup(image, inputs.Random.GetItems(texts, 1 + request % 3))).ToArray();
            Assert.Equal(plain.ScorePairs(groups).SelectMany(row => row), recording.ScorePairs(groups).SelectMany(row => row));
        }

        Assert.Equal(0, plain.RecordedShapes);
        Assert.InRange(recording.RecordedShapes, 5, RecordedRuns.MostShapes);
    }

    [Fact]
    public void ScorePairs_LargeRuns_AreNotRecorded()
    {
        var (recording, plain) = (Engine(Package, graphs: true, 0), Engine(Package, graphs: false, 0));
        var shapes = recording.RecordedShapes;
        var images = plain.EncodeImages(inputs.Pixels(17));
        var texts = plain.EncodeTexts([.. Enumerable.Range(0, 60).Select(_ => inputs.Text(10))]);
        PairGroup[][] large = [[.. images.Select(image => new PairGroup(image, texts[..2]))], [new PairGroup(images[0], texts)]];

        foreach (var groups in large)
            Assert.Equal(plain.ScorePairs(groups).SelectMany(row => row), recording.ScorePairs(groups).SelectMany(row => row));

        Assert.Equal(shapes, recording.RecordedShapes);
        recording.ScorePairs([new PairGroup(images[0], texts[..50])]);
        Assert.Equal(shapes + 1, recording.RecordedShapes);
    }

    [Fact]
    public void ScorePairs_MoreShapesThanAreRecorded_TheOthersRunAsTheyAre()
    {
        var (recording, plain) = (Engine(Package, graphs: true, 0), Engine(Package, graphs: false, 0));
        var images = plain.EncodeImages(inputs.Pixels(16));
        var texts = plain.EncodeTexts([.. Enumerable.Range(0, 16).Select(i => inputs.Text(1 + i))]);

        foreach (var pictures in new[] { 1, 2, 3, 4, 6, 8, 12, 16 })
        {
            for (var count = 1; count <= 12; count++)
            {
                PairGroup[] groups = [.. images[..pictures].Select(image => new PairGroup(image, texts[..count]))];
                Assert.Equal(plain.ScorePairs(groups).SelectMany(row => row), recording.ScorePairs(groups).SelectMany(row => row));
            }
        }

        // The other form has the one that its start ran.
        Assert.Equal(RecordedRuns.MostShapes + 1, recording.RecordedShapes);
    }

    [Fact]
    public void New_ModelWithAConcatLayer_RecordsNothingAndSaysSo()
    {
        PackageBuilder.Import(Repository.Golden("tiny-stride3"), inputs.File("concat"));
        var engine = Engine(ModelPackage.Open(inputs.File("concat")), graphs: true, 0);

        Assert.Equal(
            "Device cpu records no runs: the model has a concat layer.",
            Assert.Single(engine.Remarks));
        Assert.Equal(0, engine.RecordedShapes);
    }

    [Fact]
    public void New_NoTokensStay_RecordsNothingAndSaysWhy()
    {
        using var engine = new OnnxInferenceEngine(
            Package, new EngineOptions { AsGpu = true, Cuda = new CudaSettings { Graphs = true, TokenBytes = 0 } });

        Assert.Equal("Device cpu records no runs: no image tokens stay there (Mplug__Device__GpuTokenBytes).", Assert.Single(engine.Remarks));
    }

    [Fact]
    public void Of_ShapeThatWasGivenUp_NoneAnyMore()
    {
        var options = new EngineOptions { AsGpu = true };
        using var scorer = OnnxSessionFactory.Open(SharedTexts.Graph(Package.PairScorerPath), Package.Directory, options, prepack: true);
        using var copier = new BlockCopier(options);
        using var pool = new TokenPool(Package.Config, FeaturePrecision.Fp32, options, 4 * TokenPool.BytesOf(Package.Config, FeaturePrecision.Fp32));
        using var runs = new RecordedRuns(Package.Config, scorer, copier, pool);
        PairBatch failed = new([(0, [0, 1])], 1, 2, 2, 8, Absorbed: false), other = failed with { Length = 12 };
        Assert.NotNull(runs.Of(failed));

        runs.GiveUp(failed);

        Assert.Null(runs.Of(failed));
        Assert.NotNull(runs.Of(other));
        Assert.Equal(1, runs.Count);
    }

    [Fact]
    public void New_Processor_RecordsNothing()
    {
        using var engine = new OnnxInferenceEngine(Package, new EngineOptions { Cuda = new CudaSettings { Graphs = true } });

        Assert.Equal(0, engine.RecordedShapes);
        Assert.Empty(engine.Remarks);
    }

    OnnxInferenceEngine Engine(ModelPackage of, bool graphs, int absorbedTokens)
    {
        return inputs.Engine(of, new EngineOptions
        {
            AsGpu = true,
            AbsorbedTokens = absorbedTokens,
            Sizes = new BatchSizes(4, 4096, 32, 128),
            Cuda = new CudaSettings { TokenBytes = 40 * TokenPool.BytesOf(of.Config, of.Manifest.FeaturePrecision), Graphs = graphs },
        });
    }
}
