using System.Text;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Onnx;

/// <summary>Where nodes ran, as the runtime's own profile tells it.</summary>
public sealed class NodePlacementTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Elsewhere_ProfileOfThePairScorer_AllThatComputesAndNoSizes(bool absorbed)
    {
        var package = ModelPackage.Open(Repository.Scenes);
        var text = new TextFeatures([], new float[3 * package.Config.HiddenSize], 3);
        using var session = OnnxSessionFactory.Open(
            absorbed ? package.AbsorbedPairScorerPath! : package.PairScorerPath, new EngineOptions(), prepack: true, profile: true);
        using (var inputs = PairInputs.OfPair(package.Config, new ImageFeatures([], new float[package.Config.ImageTokens * package.Config.HiddenSize]), text))
        using (var run = new RunOptions())
            session.Run(run, PairInputs.Names, inputs.Values, ["itm_logits"]).Dispose();
        var file = session.EndProfiling();
        var profile = File.ReadAllBytes(file);
        File.Delete(file);

        Assert.Empty(NodePlacement.Elsewhere(new MemoryStream(profile), "CPUExecutionProvider"));
        var elsewhere = NodePlacement.Elsewhere(new MemoryStream(profile), "CUDAExecutionProvider");
        Assert.Contains(elsewhere, node => node.Contains("MatMul", StringComparison.Ordinal));
        Assert.Contains(elsewhere, node => node.StartsWith("LayerNormalization (", StringComparison.Ordinal) || node.StartsWith("SkipLayerNormalization (", StringComparison.Ordinal));

        // The profile has them: the graph computes how long the picture's row of queries is.
        Assert.Contains("\"op_name\" : \"Shape\"", Encoding.UTF8.GetString(profile));
        Assert.DoesNotContain(elsewhere, node => node.StartsWith("Shape (", StringComparison.Ordinal));

        // The threads that all sessions share were left alone: profiled, they would break the runs of others.
        Assert.DoesNotContain("\"main_thread\"", Encoding.UTF8.GetString(profile), StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_ANodeOnTheProcessorAndItsCopies_ByName()
    {
        const string Profile = """
            [
            {"cat" : "Session", "name" :"model_run", "args" : {}},
            {"cat" : "Node", "name" :"Shape_1_kernel_time", "args" : {"op_name" : "Shape", "provider" : "CUDAExecutionProvider", "output_type_shape" : [{"int64":[1]}]}},
            {"cat" : "Node", "name" :"Mul_2_kernel_time", "args" : {"op_name" : "Mul", "provider" : "CPUExecutionProvider", "output_type_shape" : [{"int64":[1]}]}},
            {"cat" : "Node", "name" :"MatMul_3_kernel_time", "args" : {"op_name" : "MatMul", "provider" : "CUDAExecutionProvider", "output_type_shape" : [{"float":[2,4]}]}},
            {"cat" : "Node", "name" :"Memcpy_4_kernel_time", "args" : {"op_name" : "MemcpyToHost", "provider" : "CUDAExecutionProvider", "output_type_shape" : [{"float":[2,4]}]}},
            {"cat" : "Node", "name" :"Gelu_5_kernel_time", "args" : {"op_name" : "Gelu", "provider" : "CPUExecutionProvider", "output_type_shape" : [{"float":[2,4]}]}},
            {"cat" : "Node", "name" :"Cast_6_kernel_time", "args" : {"op_name" : "Cast", "provider" : "CPUExecutionProvider", "output_type_shape" : [{"float16":[2,4]}]}}
            ]
            """;

        Assert.Equal(
            ["Cast (Cast_6)", "Gelu (Gelu_5)", "MemcpyToHost (Memcpy_4)"],
            NodePlacement.Elsewhere(new MemoryStream(Encoding.UTF8.GetBytes(Profile)), "CUDAExecutionProvider"));
    }

    [Fact]
    public void Complaint_AllOnAnotherProvider_NamesSomeAndLeavesNoFile()
    {
        var package = ModelPackage.Open(Repository.Scenes);
        using var session = OnnxSessionFactory.Open(package.TextEncoderPath, new EngineOptions(), prepack: true, profile: true);
        Encode(session, texts: 1);

        var file = session.EndProfiling();
        Assert.True(File.Exists(file));

        Assert.Matches(
            @"^[1-9]\d* nodes of the text encoder do not run on CUDAExecutionProvider or move tensors from and to it, which makes it slower: \w+ \(\w+\), .*, \.\.\.\.$",
            NodePlacement.Complaint(file, "text encoder", "CUDAExecutionProvider"));
        Assert.False(File.Exists(file));
    }

    static void Encode(InferenceSession session, int texts)
    {
        using var ids = OrtValue.CreateTensorValueFromMemory(new long[2 * texts], [texts, 2]);
        using var run = new RunOptions();
        session.Run(run, ["ids", "mask"], [ids, ids], ["text_embedding"]).Dispose();
    }
}
