using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Onnx.Proto;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks.Table;

/// <summary>
/// Pairs as the reference scores them, on our own runtime: every pair brings its own copy of the picture, whose keys and values are computed for
/// it; texts are padded to 30 tokens; the last layer runs for all of them.
/// </summary>
sealed class ReferencePlan : IDisposable
{
    public const int Length = 30;
    public const int Pairs = 8;

    readonly InferenceSession session;
    readonly RunOptions run = new();
    readonly OrtValue[] inputs;

    public ReferencePlan(ModelPackage package, EngineOptions options, float[] imageTokens)
    {
        if (package.Manifest.Precision != Precision.Fp32)
            throw new InvalidOperationException($"The reference's plan needs the model in fp32, '{package.Directory}' has {package.Manifest.Precision.Name()}.");
        var config = package.Config;
        var (hidden, random) = (config.HiddenSize, new Random(3));
        session = OnnxSessionFactory.Open(Graph(package), package.Directory, options);
        float[] images = [.. Enumerable.Repeat(imageTokens, Pairs).SelectMany(tokens => tokens)];
        float[] texts = [.. Enumerable.Range(0, Pairs * Length * hidden).Select(_ => 2 * random.NextSingle() - 1)];
        long[] mask = [.. Enumerable.Range(0, Pairs * Length).Select(i => i % Length < 13 ? 1L : 0L)];
        inputs =
        [
            OrtValue.CreateTensorValueFromMemory(images, [Pairs, config.ImageTokens, hidden]),
            OrtValue.CreateTensorValueFromMemory(texts, [Pairs, 1, Length, hidden]),
            OrtValue.CreateTensorValueFromMemory(mask, [Pairs, 1, Length]),
        ];
    }

    public void Score() => session.Run(run, ["image_tokens", "text_tokens", "mask"], inputs, ["itm_logits"]).Dispose();

    public void Dispose()
    {
        foreach (var input in inputs)
            input.Dispose();
        session.Dispose();
        run.Dispose();
    }

    /// <summary>Reads its weights from the package's file.</summary>
    static byte[] Graph(ModelPackage package)
    {
        var config = package.Config;
        var graph = new OnnxGraph("reference");
        var (images, texts, length) = (Dim.Symbol("G"), Dim.Symbol("N"), Dim.Symbol("T"));
        var image = graph.Input("image_tokens", OnnxType.Float, images, config.ImageTokens, config.HiddenSize);
        var text = graph.Input("text_tokens", OnnxType.Float, images, texts, length, config.HiddenSize);
        var mask = graph.Input("mask", OnnxType.Int64, images, texts, length);
        graph.Output(
            "itm_logits",
            new FusionEncoder<OnnxTensor>(config, new OnnxParameters(graph), wholeLastLayer: true).Score(image, text, mask.ToInt32()));

        // The first layer's self-attention is a matter of the text encoder's graph in our own plan.
        var places = new[] { package.PairScorerPath, package.TextEncoderPath }
            .SelectMany(path => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer)
            .DistinctBy(tensor => tensor.Name)
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return graph.Build(weight =>
        {
            var place = places[weight.Key].Clone();
            place.Dims.Clear();
            return place;
        }).ToByteArray();
    }
}
