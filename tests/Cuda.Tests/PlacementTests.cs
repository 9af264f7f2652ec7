using Google.Protobuf;
using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Tests.Inference;

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

    [CudaTheory]
    [InlineData(FeaturePrecision.Fp32)]
    [InlineData(FeaturePrecision.Fp16)]
    public void Engine_TokensThatStayAndRecordedRuns_AreCopiedByTheGpuAlone(FeaturePrecision features)
    {
        using (var inputs = new SceneInputs(seed: 8))
        {
            var engine = inputs.Engine(
                inputs.With(features), new EngineOptions { Device = Device, Cuda = new CudaSettings { Graphs = true }, Profiles = File("") });
            var texts = engine.EncodeTexts([inputs.Text(4), inputs.Text(7)]);
            engine.ScorePairs([.. engine.EncodeImages(inputs.Pixels(3)).Select(image => new PairGroup(image, texts))]);
            Assert.Empty(engine.Remarks);
            Assert.NotEqual(0, engine.RecordedShapes);
        }

        Assert.Contains("Gather", new Profiles(File("")).OnCuda);
        Assert.Empty(new Profiles(File("")).Elsewhere);
    }

    [CudaFact]
    public void Engine_NodeWithoutAKernelForTheGpu_IsRemarkedOn()
    {
        var package = Import("tiny-base");
        var model = ModelProto.Parser.ParseFrom(System.IO.File.ReadAllBytes(package.TextEncoderPath));
        var last = model.Graph.Node.Single(node => node.Output.Contains("text_embedding"));
        last.Output[last.Output.IndexOf("text_embedding")] = "before";
        model.Graph.Node.Add(new NodeProto { OpType = "Asinh", Name = "no_kernel", Input = { "before" }, Output = { "text_embedding" } });
        System.IO.File.WriteAllBytes(package.TextEncoderPath, model.ToByteArray());

        using var engine = new OnnxInferenceEngine(package, new EngineOptions { Device = Device });

        var remark = Assert.Single(engine.Remarks);
        Assert.StartsWith("Device cuda:0: ", remark);
        Assert.Contains("nodes of the text encoder do not run on CUDAExecutionProvider", remark);
        Assert.Contains("Asinh (no_kernel)", remark);
    }
}
