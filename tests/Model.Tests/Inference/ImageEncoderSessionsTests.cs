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
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void Open_Processor_HalvesUnlessWeightsStayInTheirFile(bool mapped, int parts)
    {
        using var sessions = ImageEncoderSessions.Open(inputs.Package, new EngineOptions { MappedWeights = mapped }, new PlacementWatch(false));

        Assert.Equal(parts, sessions.Parts);
    }

    [Fact]
    public void Open_LikeAGpu_OneSessionWhichIsWatched()
    {
        var watch = new PlacementWatch(true);

        using var sessions = ImageEncoderSessions.Open(inputs.Package, new EngineOptions { AsGpu = true }, watch);

        Assert.Equal(1, sessions.Parts);
        Assert.NotNull(sessions.Whole);
        watch.Discard();
    }

    [Fact]
    public void Open_WeightsAreGone_ThrowsWhatTheRuntimeSays()
    {
        var copy = inputs.File("copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Repository.Scenes))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var package = ModelPackage.Open(copy);
        File.Delete(package.WeightsPath);

        Assert.Throws<OnnxRuntimeException>(() => ImageEncoderSessions.Open(package, new EngineOptions(), new PlacementWatch(false)));
    }

    static float[] Tokens(ImageFeatures image) => MemoryMarshal.Cast<byte, float>(image.Tokens.Bytes).ToArray();

    static void Close(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-5);
    }
}
