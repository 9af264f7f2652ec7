using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Inference;

public sealed class ImageEncoderSessionsTests : IDisposable
{
    readonly SceneInputs inputs = new(seed: 12);

    public void Dispose() => inputs.Dispose();

    [Fact]
    public void EncodeImages_WeightsMappedOrRearranged_NumbersOfOneModel()
    {
        var pixels = inputs.Pixels(3);
        var rearranged = inputs.Engine(inputs.Package, new EngineOptions()).EncodeImages(pixels);
        var mapped = inputs.Engine(inputs.Package, new EngineOptions { MappedWeights = true }).EncodeImages(pixels);

        foreach (var (expected, found) in mapped.Zip(rearranged))
        {
            Close(expected.Embedding, found.Embedding);
            Close(Tokens(expected), Tokens(found));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EncodeImages_OtherCompany_SameBits(bool mapped)
    {
        var pixels = inputs.Pixels(5);
        var engine = inputs.Engine(inputs.Package, new EngineOptions { MappedWeights = mapped });

        foreach (var (picture, found) in pixels.Zip(engine.EncodeImages(pixels)))
        {
            var expected = engine.EncodeImages([picture])[0];
            Assert.Equal(expected.Embedding, found.Embedding);
            Assert.Equal(expected.Tokens.Bytes, found.Tokens.Bytes);
        }
    }

    [Theory]
    [InlineData(Precision.Fp32, false, 2)]
    [InlineData(Precision.Fp32, true, 1)]
    [InlineData(Precision.Fp16, false, 1)]
    [InlineData(Precision.Int8, false, 1)]
    public void New_Processor_PartsWhereRearrangingTakesLong(Precision precision, bool mapped, int parts)
    {
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), inputs.File("package"), precision: precision);

        using var sessions = new ImageEncoderSessions(
            ModelPackage.Open(inputs.File("package")), new EngineOptions { MappedWeights = mapped }, new PlacementWatch(false));

        Assert.Equal(parts, sessions.Parts);
    }

    [Theory]
    [InlineData("tiny-stride6", 1)]
    [InlineData("tiny-stride3", 2)]
    public void EncodeImages_ModelOfOneOrThreeLayers_InAsManyPartsAsItHasMiddles(string golden, int parts)
    {
        PackageBuilder.Import(Repository.Golden(golden), inputs.File("golden"));
        var package = ModelPackage.Open(inputs.File("golden"));
        using var sessions = new ImageEncoderSessions(package, new EngineOptions(), new PlacementWatch(false));
        float[] pixels = inputs.Numbers(3 * package.Config.ImageResolution * package.Config.ImageResolution);

        Assert.Equal(parts, sessions.Parts);
        Close(
            inputs.Engine(package, new EngineOptions { MappedWeights = true }).EncodeImages([pixels])[0].Embedding,
            inputs.Engine(package, new EngineOptions()).EncodeImages([pixels])[0].Embedding);
    }

    [Fact]
    public void Open_LikeAGpu_WholeAndWatched()
    {
        var watch = new PlacementWatch(true);
        using var sessions = new ImageEncoderSessions(inputs.Package, new EngineOptions { AsGpu = true }, watch);
        Assert.Equal(1, sessions.Parts);
        sessions.Open(0);
        var (run, size) = (new RunOptions(), inputs.Package.Config.ImageResolution);
        using (run)
        using (var pixels = OrtValue.CreateTensorValueFromMemory(inputs.Pixels(1)[0], [1, 3, size, size]))
            sessions.Whole.Run(run, ["pixels"], [pixels], ["image_embedding"]).Dispose();

        Assert.Contains("image encoder", Assert.Single(watch.Complaints("CUDAExecutionProvider")));
    }

    [Fact]
    public void NewEngine_WeightsAreGone_ThrowsWhatTheFirstSessionThrew()
    {
        var package = Copy();
        File.Delete(package.WeightsPath);

        var failure = Assert.ThrowsAny<Exception>(() => new OnnxInferenceEngine(package));

        Assert.True(failure is OnnxRuntimeException or FileNotFoundException, $"{failure}");
    }

    [Fact]
    public void NewEngine_WeightsEndTooSoon_SaysSoAndWhatToDo()
    {
        var package = Copy();
        using (var weights = new FileStream(package.WeightsPath, FileMode.Open))
            weights.SetLength(4096);

        Assert.Matches(
            @"^'.*weights\.bin' ends before weight '.*'\. Import the model again\.$",
            Assert.Throws<PackageException>(() => new SharedWeights(package.WeightsPath, package.PairScorerPath)).Message);
        Assert.ThrowsAny<Exception>(() => new OnnxInferenceEngine(package));
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[0])]
    public void NewEngine_GraphIsNone_NamesTheFile(byte[] content)
    {
        var package = Copy();
        File.WriteAllBytes(package.ImageEncoderPath, content);

        Assert.Equal(
            $"'{package.ImageEncoderPath}' is not an ONNX graph. Import the model again.",
            Assert.Throws<PackageException>(() => new OnnxInferenceEngine(package)).Message);
    }

    ModelPackage Copy()
    {
        var copy = inputs.File("copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Repository.Scenes))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return ModelPackage.Open(copy);
    }

    static float[] Tokens(ImageFeatures image) => MemoryMarshal.Cast<byte, float>(image.Tokens.Bytes).ToArray();

    static void Close(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-5);
    }
}
