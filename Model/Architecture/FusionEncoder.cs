namespace MplugCluster.Model.Architecture;

/// <summary>
/// The cross-modal fusion encoder with the ITM head, arranged for reranking: G pictures, each with N texts. A picture's keys and
/// values are computed once for all its texts, and the last layer runs for token 0 alone because the head reads nothing else.
/// </summary>
/// <param name="config">Sizes.</param>
/// <param name="parameters">Weights.</param>
/// <param name="absorbed">Whether keys and values of pictures are folded into queries and results instead of being computed: for few texts.</param>
/// <param name="watch">
/// Told of each layer its number (0 is the first that runs) and the projected queries of the texts' tokens and keys of the picture's, from which
/// follows how they attend to it. The last layer then runs for all tokens, which changes no logit. Default: nobody watches.
/// </param>
/// <param name="wholeLastLayer">Whether the last layer runs for all tokens, as the reference's does: for comparisons of speed.</param>
/// <remarks>Source: Li et al. 2022 (mPLUG); X-PLUG/mPLUG models/modeling_mplug.py FusionModel, FusionLayer; the arrangement is ours and exact.</remarks>
public sealed class FusionEncoder<T>(
    MplugConfig config, IParameters<T> parameters, bool absorbed = false, Action<int, T, T>? watch = null, bool wholeLastLayer = false)
    where T : class, ITensor<T>
{
    /// <summary>Scores every picture against each of its texts.</summary>
    /// <param name="image">Image tokens <c>[G, image tokens, hidden]</c>.</param>
    /// <param name="text">Text tokens <c>[G, N, length, hidden]</c>.</param>
    /// <param name="mask">1 for tokens, 0 for padding, <c>[G, N, length]</c>.</param>
    /// <returns>ITM logits <c>[G, N, 2]</c>; class 1 is "match".</returns>
    public T Score(T image, T text, T mask)
    {
        var (images, texts, length, hidden) = (text.Shape[0], text.Shape[1], text.Shape[2], config.HiddenSize);
        var pairs = images * texts;
        text = text.Reshape(pairs, length, hidden); // [pairs, length, hidden]
        mask = mask.Reshape(pairs, length);

        for (var n = 0; n < config.FusionLayers; n++)
        {
            var number = config.FirstFusionLayer + n;
            var layer = new BertLayer<T>(config, parameters, $"fusion_encoder.encoder.layer.{number}");
            var last = watch is null && !wholeLastLayer && n == config.FusionLayers - 1;
            if (config.IsConcatLayer(n))
            {
                var both = T.Layer(inputs => Concat(layer, number, Queries(inputs[0], last), inputs[0], inputs[1], mask, texts, last), text, image);
                (text, image) = (both[0], both[1]);
            }
            else
            {
                text = T.Layer(inputs => [Cross(layer, number, Queries(inputs[0], last), inputs[0], inputs[1], mask, texts)], text, image)[0];
            }
        }

        var first = text.Slice(1, 0, 1).Reshape(images, texts, hidden);
        return parameters.Linear(first, "itm_head", 2);
    }

    /// <summary>Tokens that go on: <c>[pairs, 1 or length, hidden]</c>.</summary>
    static T Queries(T text, bool last) => last ? text.Slice(1, 0, 1) : text;

    /// <summary>Text attends to itself, then to the picture.</summary>
    T Cross(BertLayer<T> layer, int number, T queries, T text, T image, T mask, Dim texts)
    {
        var attended = layer.SelfAttention(queries, text, mask).Named($"fusion_layer{number}_selfatt");
        var shape = attended.Shape; // [pairs, m, hidden]

        // All texts of a picture stand in one row of queries, so its tokens, keys and values are read where they are.
        var groups = image.Shape[0];
        var perGroup = groups.Equals(shape[0]) ? shape[1] : texts * shape[1];
        var rows = attended.Reshape(groups, perGroup, shape[2]);
        Watch(layer, number, rows, image, together: false);
        var crossed = (absorbed ? layer.AbsorbedCrossAttention(rows, image) : layer.CrossAttention(rows, image))
            .Reshape([.. shape.Dims])
            .Named($"fusion_layer{number}_crossatt");
        return layer.FeedForward(crossed).Named($"fusion_layer{number}_cross");
    }

    /// <summary>
    /// Image and text tokens attend to each other in one sequence; the image part is added to the states that later layers read.
    /// From here on the image states depend on the text, so there is one copy of them per pair.
    /// </summary>
    /// <returns>Text and image.</returns>
    T[] Concat(BertLayer<T> layer, int number, T queries, T text, T image, T mask, Dim texts, bool last)
    {
        var (pairs, tokens, hidden) = (text.Shape[0], image.Shape[1], config.HiddenSize);
        if (!image.Shape[0].Equals(pairs))
        {
            var images = image.Shape[0];
            image = image.Reshape(images, 1, tokens, hidden)
                .Expand(images, texts, tokens, hidden)
                .Reshape(pairs, tokens, hidden);
        }

        Watch(layer, number, text, image, together: true);
        var sequence = T.Concat(1, image, text); // [pairs, image tokens + length, hidden]
        var sequenceMask = T.Concat(1, parameters.Ones(pairs, tokens), mask);
        var from = last ? queries : sequence;
        var attended = layer.SelfAttention(from, sequence, sequenceMask).Named($"fusion_layer{number}_selfatt");
        var result = layer.FeedForward(attended).Named($"fusion_layer{number}_concat");
        return last
            ? [result, image]
            : [result.Slice(1, tokens, result.Shape[1]), image + result.Slice(1, 0, tokens)];
    }

    void Watch(BertLayer<T> layer, int number, T text, T image, bool together)
    {
        if (watch is null)
            return;
        var (query, key) = layer.Comparison(text, image, together);
        watch(number - config.FirstFusionLayer, query, key);
    }
}
