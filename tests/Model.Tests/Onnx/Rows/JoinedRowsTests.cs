using System.Numerics.Tensors;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Onnx.Rows;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Tests.Onnx.Rows;

public sealed class JoinedRowsTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ModelPackage package;
    readonly Random random = new(5);

    public JoinedRowsTests()
    {
        if (!RowOperators.AreSupported)
            Assert.Skip("This processor has no AVX-512.");
        PackageBuilder.Import(Repository.Path("tests", "scenes", "checkpoint"), folder.Path, precision: Precision.Int8);
        package = ModelPackage.Open(folder.Path);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Join_EveryGraphOfAnInt8Package_NothingIsLeftToJoin()
    {
        foreach (var path in new[] { package.ImageEncoderPath, package.TextEncoderPath, package.PairScorerPath })
        {
            var plain = GraphFile.Read(path);
            var joined = plain.Clone();

            Assert.True(JoinedRows.Join(joined) > 0);

            Assert.DoesNotContain(joined.Graph.Node, node => node.OpType is "QuantizeLinear" or "ReduceMax" or "ReduceMin");
            Assert.Equal(Count(plain, "QuantizeLinear"), Count(joined, RowOperators.Round) + Count(joined, RowOperators.RestoreGeluRound));
            Assert.Equal(
                Count(plain, "MatMulIntegerToFloat"),
                Count(joined, RowOperators.Restore) + Count(joined, RowOperators.RestoreAdd) + Count(joined, RowOperators.RestoreGeluRound));
            Assert.Equal(plain.Graph.Output, joined.Graph.Output);
        }

        var image = GraphFile.Read(package.ImageEncoderPath);
        JoinedRows.Join(image);
        Assert.Equal(package.Config.VisionLayers, Count(image, RowOperators.RestoreGeluRound));
        Assert.Equal(0, Count(image, "QuickGelu"));
        Assert.Equal(2 * package.Config.VisionLayers, Count(image, RowOperators.RestoreAdd));
    }

    [Fact]
    public void Join_TextEncoder_SameBits()
    {
        long[] ids = [.. Enumerable.Range(0, 5 * 9).Select(_ => (long)random.Next(5, package.Config.VocabularySize))], mask = [.. ids.Select(_ => 1L)];
        using OrtValue texts = OrtValue.CreateTensorValueFromMemory(ids, [5, 9]), masks = OrtValue.CreateTensorValueFromMemory(mask, [5, 9]);

        var (plain, joined) = Both(package.TextEncoderPath, ["ids", "mask"], [texts, masks], ["text_tokens", "text_embedding"]);

        Assert.Equal(plain[0], joined[0]);
        Assert.Equal(plain[1], joined[1]);
    }

    [Fact]
    public void Join_ImageEncoder_SameBitsButForTheGelu()
    {
        var side = package.Config.ImageResolution;
        float[] pixels = [.. Enumerable.Range(0, 2 * 3 * side * side).Select(_ => 2 * random.NextSingle() - 1)];
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [2, 3, side, side]);

        var (plain, joined) = Both(package.ImageEncoderPath, ["pixels"], [input], ["image_tokens", "image_embedding"]);

        // What is rounded may fall to the next step where the last bit of a GELU differs.
        Assert.True(TensorPrimitives.CosineSimilarity<float>(plain[0], joined[0]) > 0.9999f);
        Assert.True(TensorPrimitives.CosineSimilarity<float>(plain[1], joined[1]) > 0.9999f);
    }

    [Fact]
    public void Join_BiasedProductIsReadElsewhereToo_ItStays()
    {
        var model = GraphFile.Read(package.ImageEncoderPath);
        var gelu = model.Graph.Node.First(node => node.OpType == "QuickGelu");
        foreach (var (value, name) in new[] { (gelu.Input[0], "before"), (gelu.Output[0], "after") })
        {
            model.Graph.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { value }, Output = { name } });
            model.Graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)OnnxType.Float } } });
        }

        JoinedRows.Join(model);

        Assert.Equal(package.Config.VisionLayers - 1, Count(model, RowOperators.RestoreGeluRound));
        Assert.Equal(1, Count(model, "QuickGelu"));
        using var session = Open(model);
        Assert.Contains("before", session.OutputNames);
    }

    [Fact]
    public void Join_StepsOfAnotherSize_TheyStay()
    {
        var model = GraphFile.Read(package.TextEncoderPath);
        var step = model.Graph.Initializer.Single(constant => constant.Name == FormattableString.Invariant($"f32_{1f / 127:R}"));
        step.RawData = ByteString.CopyFrom(BitConverter.GetBytes(1f / 63));
        var before = model.Clone();

        Assert.Equal(0, JoinedRows.Join(model));

        Assert.Equal(before, model);
    }

    [Fact]
    public void Join_Fp32Graph_Unchanged()
    {
        var model = GraphFile.Read(ModelPackage.Open(Repository.Scenes).PairScorerPath);
        var before = model.Clone();

        Assert.Equal(0, JoinedRows.Join(model));

        Assert.Equal(before, model);
    }

    static int Count(ModelProto model, string op) => model.Graph.Node.Count(node => node.OpType == op);

    InferenceSession Open(ModelProto model) => OnnxSessionFactory.Open(model.ToByteArray(), package.Directory, new EngineOptions());

    (float[][] Plain, float[][] Joined) Both(string path, string[] names, OrtValue[] inputs, string[] outputs)
    {
        using var plain = OnnxSessionFactory.Open(path, new EngineOptions(), prepack: true);
        using var joined = OnnxSessionFactory.Open(package, path, new EngineOptions(), prepack: true);
        return (Run(plain), Run(joined));

        float[][] Run(InferenceSession session)
        {
            using var run = new RunOptions();
            using var results = session.Run(run, names, inputs, outputs);
            return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
        }
    }
}
