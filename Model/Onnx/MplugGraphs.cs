using MplugCluster.Model.Architecture;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Onnx;

/// <summary>The graphs of a model package and their doors.</summary>
static class MplugGraphs
{
    /// <summary><c>pixels [B, 3, R, R] -> image_tokens [B, L, H], image_embedding [B, E]</c>.</summary>
    public static OnnxGraph ImageEncoder(MplugConfig config, Precision precision = Precision.Fp32)
    {
        var graph = new OnnxGraph("image_encoder", precision);
        var pixels = graph.Input("pixels", OnnxType.Float, Dim.Symbol("B"), 3, config.ImageResolution, config.ImageResolution);
        var (tokens, embedding) = new ImageEncoder<OnnxTensor>(config, new OnnxParameters(graph)).Encode(pixels);
        graph.Output("image_tokens", tokens);
        graph.Output("image_embedding", embedding);
        return graph;
    }

    /// <summary><c>ids [B, T], mask [B, T] -> text_tokens [B, T, H], text_embedding [B, E]</c>.</summary>
    public static OnnxGraph TextEncoder(MplugConfig config, Precision precision = Precision.Fp32)
    {
        var graph = new OnnxGraph("text_encoder", precision);
        var (batch, length) = (Dim.Symbol("B"), Dim.Symbol("T"));
        var ids = graph.Input("ids", OnnxType.Int64, batch, length);
        var mask = graph.Input("mask", OnnxType.Int64, batch, length);
        var (tokens, embedding) = new TextEncoder<OnnxTensor>(config, new OnnxParameters(graph)).Encode(ids, mask.ToInt32());
        graph.Output("text_tokens", tokens);
        graph.Output("text_embedding", embedding);
        return graph;
    }

    /// <summary><c>image_tokens [G, L, H], text_tokens [G, N, T, H], mask [G, N, T] -> itm_logits [G, N, 2]</c>.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="absorbed">The form for few texts per picture, which never computes the picture's keys and values.</param>
    public static OnnxGraph PairScorer(MplugConfig config, bool absorbed, Precision precision = Precision.Fp32)
    {
        var graph = new OnnxGraph(absorbed ? "pair_scorer_absorbed" : "pair_scorer", precision);
        var (images, texts, length) = (Dim.Symbol("G"), Dim.Symbol("N"), Dim.Symbol("T"));
        var image = graph.Input("image_tokens", OnnxType.Float, images, config.ImageTokens, config.HiddenSize);
        var text = graph.Input("text_tokens", OnnxType.Float, images, texts, length, config.HiddenSize);
        var mask = graph.Input("mask", OnnxType.Int64, images, texts, length);
        graph.Output("itm_logits", new FusionEncoder<OnnxTensor>(config, new OnnxParameters(graph), absorbed).Score(image, text, mask.ToInt32()));
        return graph;
    }

    /// <summary>
    /// The pair scorer for one text a picture that also says how the text attends to the picture:
    /// <c>image_tokens [G, L, H], text_tokens [G, 1, T, H], mask [G, 1, T] -> itm_logits [G, 1, 2], attention_0 .. attention_n [G, heads, T, L]</c>,
    /// one for each fusion layer. In a concat layer, where a text's tokens also attend to one another, it is how they share what falls to the picture.
    /// </summary>
    public static OnnxGraph ExplainingPairScorer(MplugConfig config, Precision precision = Precision.Fp32)
    {
        var graph = new OnnxGraph("pair_scorer_explaining", precision);
        var (images, length) = (Dim.Symbol("G"), Dim.Symbol("T"));
        var image = graph.Input("image_tokens", OnnxType.Float, images, config.ImageTokens, config.HiddenSize);
        var text = graph.Input("text_tokens", OnnxType.Float, images, 1, length, config.HiddenSize);
        var mask = graph.Input("mask", OnnxType.Int64, images, 1, length);
        var encoder = new FusionEncoder<OnnxTensor>(config, new OnnxParameters(graph), watch: (layer, query, key) =>
            graph.Output(Attention(layer), query.AttentionShares(key, config.AttentionHeads)));
        graph.Output("itm_logits", encoder.Score(image, text, mask.ToInt32()));
        return graph;
    }

    /// <summary>The output of <see cref="ExplainingPairScorer"/> that a fusion layer's attention is; 0 is the first layer that runs.</summary>
    public static string Attention(int layer) => $"attention_{layer}";
}
