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
    /// <summary>
    /// What the first layer makes of a text before it looks at the picture: its self-attention, which is the same whatever the picture, so that it is
    /// done once for each text. The first layer that runs is never a concat layer.
    /// </summary>
    /// <param name="text">Tokens as the text encoder leaves them, <c>[batch, length, hidden]</c>.</param>
    /// <param name="mask">1 for tokens, 0 for padding, <c>[batch, length]</c>.</param>
    /// <returns>As large as <paramref name="text"/>.</returns>
    public T Prepare(T text, T mask) => SelfAttention(Layer(config.FirstFusionLayer), config.FirstFusionLayer, text, mask, packed: null, last: false);

    /// <summary>Scores every picture against each of its texts.</summary>
    /// <param name="image">Image tokens <c>[G, image tokens, hidden]</c>.</param>
    /// <param name="text">Text tokens as the text encoder leaves them, <c>[G, N, length, hidden]</c>.</param>
    /// <param name="mask">1 for tokens, 0 for padding, <c>[G, N, length]</c>.</param>
    /// <returns>ITM logits <c>[G, N, 2]</c>; class 1 is "match".</returns>
    public T Score(T image, T text, T mask)
    {
        var (images, texts, length) = (text.Shape[0], text.Shape[1], text.Shape[2]);
        var pairs = images * texts;
        return Score(image, text.Reshape(pairs, length, config.HiddenSize), mask.Reshape(pairs, length), images, texts, packed: null);
    }

    /// <summary>The same of texts that are prepared and lie in rows without padding.</summary>
    /// <param name="image">Image tokens <c>[G, image tokens, hidden]</c>.</param>
    /// <param name="texts">The texts.</param>
    /// <returns>ITM logits <c>[G, N, 2]</c>.</returns>
    public T Score(T image, PackedTexts<T> texts) =>
        Score(image, texts.Tokens, texts.PairMask, texts.Places.Shape[0], texts.Places.Shape[1], texts);

    /// <param name="text">Prepared tokens in rows if <paramref name="packed"/> says where they are, else <c>[pairs, length, hidden]</c> from the text encoder.</param>
    T Score(T image, T text, T mask, Dim images, Dim texts, PackedTexts<T>? packed)
    {
        for (var n = 0; n < config.FusionLayers; n++)
        {
            var number = config.FirstFusionLayer + n;
            var last = watch is null && !wholeLastLayer && n == config.FusionLayers - 1;
            if (config.IsConcatLayer(n))
            {
                // From here on every text has image tokens of its own, beside which its padding is nothing.
                (text, packed) = packed is null ? (text, packed) : (packed.Rectangle(text), null);
                var both = T.Layer(inputs => Concat(Layer(number), number, inputs[0], inputs[1], mask, texts, last), text, image);
                (text, image) = (both[0], both[1]);
                continue;
            }

            var (rows, prepared) = (packed, n == 0 && packed is not null);
            text = T.Layer(inputs => [Cross(Layer(number), number, Attended(inputs[0]), inputs[1], texts)], text, image)[0];
            packed = last ? null : packed;

            T Attended(T tokens) => !prepared ? SelfAttention(Layer(number), number, tokens, mask, rows, last) : last ? First(tokens, rows) : tokens;
        }

        return parameters.Linear(First(text, packed).Reshape(images, texts, config.HiddenSize), "itm_head", 2);
    }

    BertLayer<T> Layer(int number) => new(config, parameters, $"fusion_encoder.encoder.layer.{number}");

    /// <summary>Token 0 of every text, <c>[pairs, 1, hidden]</c>.</summary>
    static T First(T text, PackedTexts<T>? packed) => packed is null ? text.Slice(1, 0, 1) : packed.First(text);

    /// <summary>Each text attends to itself; in a last layer for token 0 alone.</summary>
    static T SelfAttention(BertLayer<T> layer, int number, T text, T mask, PackedTexts<T>? packed, bool last)
    {
        var attended = packed is null
            ? layer.SelfAttention(last ? First(text, packed) : text, text, mask)
            : layer.SelfAttention(packed, text, last);
        return attended.Named($"fusion_layer{number}_selfatt");
    }

    /// <summary>Texts' tokens that have attended to one another attend to the picture.</summary>
    T Cross(BertLayer<T> layer, int number, T attended, T image, Dim texts)
    {
        var shape = attended.Shape; // [pairs, m, hidden], or [G, rows, hidden]

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
    T[] Concat(BertLayer<T> layer, int number, T text, T image, T mask, Dim texts, bool last)
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
        var from = last ? First(text, null) : sequence;
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
