using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Onnx;

public sealed class GraphCutTests
{
    const string Middle = "vis_block1";

    static readonly ModelPackage Package = ModelPackage.Open(Repository.Scenes);

    [Fact]
    public void At_ImageEncoder_HalvesComputeWhatTheWholeDoes()
    {
        var random = new Random(3);
        float[] pixels = [.. Enumerable.Range(0, 2 * 3 * Package.Config.ImageResolution * Package.Config.ImageResolution).Select(_ => random.NextSingle() - 0.5f)];
        var (before, after) = GraphCut.At(ImageEncoder(), Middle)!.Value;
        using var whole = Open(ImageEncoder());
        using var first = Open(before);
        using var second = Open(after);
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [2, 3, Package.Config.ImageResolution, Package.Config.ImageResolution]);

        using var expected = whole.Run(run, ["pixels"], [input], ["image_tokens", "image_embedding"]);
        using var cut = first.Run(run, ["pixels"], [input], [Middle]);
        using var found = second.Run(run, [Middle], cut, ["image_tokens", "image_embedding"]);

        for (var output = 0; output < 2; output++)
            Assert.Equal(expected[output].GetTensorDataAsSpan<float>(), found[output].GetTensorDataAsSpan<float>());
    }

    [Fact]
    public void At_ImageEncoder_EachNodeAndWeightIsInItsHalf()
    {
        var whole = ImageEncoder().Graph;

        var (before, after) = GraphCut.At(ImageEncoder(), Middle)!.Value;

        Assert.Equal(whole.Node.Select(node => node.Name).Order(), before.Graph.Node.Concat(after.Graph.Node).Select(node => node.Name).Order());
        Assert.Equal(whole.Initializer.Count(IsWeight), before.Graph.Initializer.Count(IsWeight) + after.Graph.Initializer.Count(IsWeight));
        Assert.Equal(["pixels"], before.Graph.Input.Select(input => input.Name));
        Assert.Equal(whole.Output.Select(output => output.Name), after.Graph.Output.Select(output => output.Name));

        static bool IsWeight(TensorProto tensor) => tensor.ExternalData.Count > 0;
    }

    [Theory]
    [InlineData("vis_block99")]
    [InlineData("pixels")]
    public void At_NoSuchInnerValue_Null(string value) => Assert.Null(GraphCut.At(ImageEncoder(), value));

    [Theory]
    [InlineData("vis_conv1")]
    [InlineData("pixels")]
    public void At_LaterNodeReadsWhatIsBefore_Null(string value)
    {
        var model = ImageEncoder();
        var past = new NodeProto { OpType = "Identity", Name = "past", Input = { value }, Output = { "past" } };
        model.Graph.Node.Add(past);
        model.Graph.Output.Add(new ValueInfoProto(model.Graph.Output[0]) { Name = "past" });

        Assert.Null(GraphCut.At(model, Middle));
    }

    [Fact]
    public void At_EarlierValueIsAnOutputToo_Null()
    {
        var model = ImageEncoder();
        model.Graph.Output.Add(model.Graph.ValueInfo.Single(value => value.Name == "vis_block0"));

        Assert.Null(GraphCut.At(model, Middle));
    }

    static ModelProto ImageEncoder() => GraphFile.Read(Package.ImageEncoderPath);

    static InferenceSession Open(ModelProto model) => OnnxSessionFactory.Open(model.ToByteArray(), Package.Directory, new EngineOptions());
}
