using System.Numerics.Tensors;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
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
    public void Join_PairScorer_SameBits()
    {
        const int Images = 2, Texts = 3, Length = 4, Rows = Texts * Length;
        var (tokens, width) = (package.Config.ImageTokens, package.Config.HiddenSize);
        long[] places = [.. Enumerable.Range(0, Images * Rows).Select(i => (long)i % Rows)], mask = [.. places.Select(place => place == 3 ? 0L : 1)];
        using OrtValue image = OrtValue.CreateTensorValueFromMemory(Numbers(Images * tokens * width), [Images, tokens, width]),
            text = OrtValue.CreateTensorValueFromMemory(Numbers(Images * Rows * width), [Images, Rows, width]),
            place = OrtValue.CreateTensorValueFromMemory(places, [Images, Texts, Length]),
            masks = OrtValue.CreateTensorValueFromMemory(mask, [Images, Texts, Length]),
            back = OrtValue.CreateTensorValueFromMemory(places, [Images, Rows]);

        var (plain, joined) = Both(
            package.PairScorerPath, ["image_tokens", "text_tokens", "places", "mask", "back"], [image, text, place, masks, back], ["itm_logits"]);

        Assert.Equal(Images * Texts * 2, plain[0].Length);
        Assert.Equal(plain[0], joined[0]);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    [Theory]
    [InlineData("axis")]
    [InlineData("zero")]
    [InlineData("reduced")]
    [InlineData("bytes")]
    public void Join_RoundingOfAnotherKind_ItStays(string part)
    {
        var model = GraphFile.Read(package.TextEncoderPath);
        var bytes = model.Graph.Node.First(node => node.OpType == "QuantizeLinear");
        var product = model.Graph.Node.First(node => node.OpType == "MatMulIntegerToFloat");
        switch (part)
        {
            case "axis":
                bytes.Attribute.Clear();
                break;
            case "zero":
                bytes.Input[2] = "other";
                break;
            case "reduced":
                model.Graph.Node.First(node => node.OpType == "ReduceMin").Input[1] = "i64_0";
                break;
            default:
                product.Input[0] = "other";
                break;
        }

        var whole = GraphFile.Read(package.TextEncoderPath);
        JoinedRows.Join(model);
        JoinedRows.Join(whole);

        Assert.Equal(part == "bytes" ? 0 : 1, Count(model, "QuantizeLinear"));
        Assert.True(Count(model, "MatMulIntegerToFloat") == Count(whole, "MatMulIntegerToFloat"));
        Assert.True(Count(model, RowOperators.Restore) + Count(model, RowOperators.RestoreAdd) < Count(whole, RowOperators.Restore) + Count(whole, RowOperators.RestoreAdd));
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

    [Fact]
    public void Operator_InputsThatDoNotFitEachOther_ItsRunFails()
    {
        var graph = new OnnxGraph("misfit");
        var inputs = new[] { Input("product", 2, 16), Input("steps", 2, 1), Input("bias", 16), Input("other", Dim.Symbol("N"), 16) };
        graph.Output("y", graph.Node(RowOperators.RestoreAdd, RowOperators.Domain, OnnxType.Float, new Shape(2, 16), inputs.Select(input => input.Value)));
        var model = graph.Build(_ => throw new NotSupportedException());
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = RowOperators.Domain, Version = 1 });
        using var session = Open(model);
        using var run = new RunOptions();
        using OrtValue product = Ones(2, 16), steps = Ones(2, 1), bias = Ones(16), other = Ones(2, 16), tooShort = Ones(1, 16);

        using var fits = session.Run(run, ["product", "steps", "bias", "other"], [product, steps, bias, other], ["y"]);
        Assert.All(fits[0].GetTensorDataAsSpan<float>().ToArray(), number => Assert.Equal(3, number));
        var failure = Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["product", "steps", "bias", "other"], [product, steps, bias, tooShort], ["y"]));

        Assert.Contains("inputs that do not fit each other", failure.Message);

        OnnxTensor Input(string name, params Dim[] dims) => graph.Input(name, OnnxType.Float, dims);
        static OrtValue Ones(params long[] sizes)
        {
            var numbers = new float[sizes.Aggregate(1L, (product, size) => product * size)];
            Array.Fill(numbers, 1);
            return OrtValue.CreateTensorValueFromMemory(numbers, sizes);
        }
    }

    static int Count(ModelProto model, string op) => model.Graph.Node.Count(node => node.OpType == op);

    InferenceSession Open(ModelProto model) => OnnxSessionFactory.OpenJoined(model, package.Directory, new EngineOptions(), prepack: false);

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
