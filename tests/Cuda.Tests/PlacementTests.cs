using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cuda.Tests;

/// <summary>That every graph of a package runs on the GPU.</summary>
public sealed class PlacementTests(StandInCuda cuda) : CudaTests(cuda)
{
    static readonly int[] Text = [101, 7, 8, 9, 102];

    [CudaTheory]
    [InlineData("tiny-base", Precision.Fp32)]
    [InlineData("tiny-base", Precision.Fp16)]
    [InlineData("tiny-stride3", Precision.Fp32)]
    [InlineData("tiny-stride3", Precision.Fp16)]
    [InlineData("tiny-stride6", Precision.Fp32)]
    [InlineData("tiny-stride6", Precision.Fp16)]
    public void Engine_EveryGraph_RunsOnTheGpuAlone(string set, Precision precision)
    {
        var package = Import(set, precision);
        using (var engine = new OnnxInferenceEngine(package, new EngineOptions { Device = Device, Profiles = File("") }))
        {
            Assert.Empty(engine.Remarks);
            var image = engine.EncodeImages([new float[3 * package.Config.ImageResolution * package.Config.ImageResolution]])[0];
            var text = engine.EncodeTexts([[.. Text.Select(id => id % package.Config.VocabularySize)]])[0];
            Assert.Equal([2], engine.ScorePairs([new PairGroup(image, [text, text])]).Select(row => row.Length));
            engine.Explain(image, text, 0);
        }

        Assert.Contains("MatMul", new Profiles(File("")).OnCuda);
        Assert.Empty(new Profiles(File("")).Elsewhere);
    }
}
