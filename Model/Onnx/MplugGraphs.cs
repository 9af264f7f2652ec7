using MplugCluster.Model.Architecture;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>The graphs of a model package and their doors.</summary>
static class MplugGraphs
{
    /// <summary><c>pixels [B, 3, R, R] -> image_tokens [B, L, H], image_embedding [B, E]</c>.</summary>
    public static OnnxGraph ImageEncoder(
        MplugConfig config, Precision precision = Precision.Fp32, ActivationSteps steps = ActivationSteps.Row)
    {
        var graph = new OnnxGraph("image_encoder", precision, steps) { DeclaresSizes = precision == Precision.Int8 };
        var pixels = graph.Input("pixels", OnnxType.Float, Dim.Symbol("B"), 3, config.ImageResolution, config.ImageResolution);
        var (tokens, embedding) = new ImageEncoder<OnnxTensor>(config, new OnnxParameters(graph)).Encode(pixels);
        graph.Output("image_tokens", tokens);
        graph.Output("image_embedding", embedding);
        return graph;
    }

    /// <summary>
    /// <c>ids [B, T], mask [B, T] -> text_tokens [B, T, H], text_embedding [B, E]</c>. The tokens are as the fusion encoder's first layer has
    /// prepared them: what it does before it looks at a picture is the same for all pictures.
    /// </summary>
    public static OnnxGraph TextEncoder(
        MplugConfig config, Precision precision = Precision.Fp32, ActivationSteps steps = ActivationSteps.Row)
    {
        var graph = new OnnxGraph("text_encoder", precision, steps);
        var (batch, length) = (Dim.Symbol("B"), Dim.Symbol("T"));
        var ids = graph.Input("ids", OnnxType.Int64, batch, length);
        var mask = graph.Input("mask", OnnxType.Int64, batch, length).ToInt32();
        var parameters = new OnnxParameters(graph);
        var (tokens, embedding) = new TextEncoder<OnnxTensor>(config, parameters).Encode(ids, mask);
        graph.Output("text_tokens", new FusionEncoder<OnnxTensor>(config, parameters).Prepare(tokens, mask));
        graph.Output("text_embedding", embedding);
        return graph;
    }

    /// <summary><c>image_tokens [G, L, H] and packed texts (see PackedTexts): text_tokens [G, R, H], places [G, N, T], mask [G, N, T], back [G, R] -> itm_logits [G, N, 2]</c>.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="absorbed">The form for few texts per picture, which never computes the picture's keys and values.</param>
    /// <param name="precision">Number format of the linear layers.</param>
    /// <param name="steps">What shares a step where an int8 graph rounds activations.</param>
    public static OnnxGraph PairScorer(
        MplugConfig config, bool absorbed, Precision precision = Precision.Fp32, ActivationSteps steps = ActivationSteps.Row)
    {
        var graph = new OnnxGraph(absorbed ? "pair_scorer_absorbed" : "pair_scorer", precision, steps);
        var encoder = new FusionEncoder<OnnxTensor>(config, new OnnxParameters(graph), absorbed);
        graph.Output("itm_logits", encoder.Score(Image(graph, config), Texts(graph, config)));
        return graph;
    }

    /// <summary>
    /// The pair scorer that also says how texts attend to the picture: as <see cref="PairScorer"/>, with outputs
    /// <c>attention_0 .. attention_n [G, heads, R, L]</c>, one for each fusion layer. In a concat layer, where a text's tokens also attend to one
    /// another, it is how they share what falls to the picture, <c>[G * N, heads, T, L]</c>.
    /// </summary>
    public static OnnxGraph ExplainingPairScorer(MplugConfig config, Precision precision = Precision.Fp32)
    {
        var graph = new OnnxGraph("pair_scorer_explaining", precision);
        var encoder = new FusionEncoder<OnnxTensor>(config, new OnnxParameters(graph), watch: (layer, query, key) =>
            graph.Output(Attention(layer), query.AttentionShares(key, config.AttentionHeads)));
        graph.Output("itm_logits", encoder.Score(Image(graph, config), Texts(graph, config)));
        return graph;
    }

    /// <summary>The output of <see cref="ExplainingPairScorer"/> that a fusion layer's attention is; 0 is the first layer that runs.</summary>
    public static string Attention(int layer) => $"attention_{layer}";

    static OnnxTensor Image(OnnxGraph graph, MplugConfig config) =>
        graph.Input("image_tokens", OnnxType.Float, Dim.Symbol("G"), config.ImageTokens, config.HiddenSize);

    static PackedTexts<OnnxTensor> Texts(OnnxGraph graph, MplugConfig config)
    {
        var (images, texts, length, rows) = (Dim.Symbol("G"), Dim.Symbol("N"), Dim.Symbol("T"), Dim.Symbol("R"));
        return new(
            graph.Input("text_tokens", OnnxType.Float, images, rows, config.HiddenSize),
            graph.Input("places", OnnxType.Int64, images, texts, length),
            graph.Input("mask", OnnxType.Int64, images, texts, length).ToInt32(),
            graph.Input("back", OnnxType.Int64, images, rows));
    }
}
