namespace MplugCluster.Model.Architecture;

/// <summary>The three sub-layers of a post-norm BERT layer; text encoder and fusion encoder are made of them.</summary>
/// <remarks>Source: Devlin et al. 2018; X-PLUG/mPLUG models/modeling_mplug.py BertSelfAttention, BertSelfOutput, BertIntermediate, BertOutput.</remarks>
/// <param name="config">Sizes.</param>
/// <param name="parameters">Weights.</param>
/// <param name="name">Checkpoint name of the layer, such as <c>text_encoder.encoder.layer.0</c>.</param>
sealed class BertLayer<T>(MplugConfig config, IParameters<T> parameters, string name) where T : class, ITensor<T>
{
    /// <summary>Self-attention with residual and norm.</summary>
    /// <param name="queries">Tokens that go on, <c>[batch, m, hidden]</c>: all of <paramref name="tokens"/>, or fewer in a last layer.</param>
    /// <param name="tokens">Tokens that are attended to, <c>[batch, n, hidden]</c>.</param>
    /// <param name="mask">Tokens that count, <c>[batch, n]</c>.</param>
    public T SelfAttention(T queries, T tokens, T mask)
    {
        var (query, key, value) = Projections(queries, tokens);
        return Output(T.Attention(query, key, value, config.AttentionHeads, mask), queries, "attention.output");
    }

    /// <summary>Self-attention of packed texts with residual and norm: only where tokens meet do they stand in their rectangle.</summary>
    /// <param name="texts">How the texts lie.</param>
    /// <param name="rows">Tokens that are attended to, <c>[G, rows, hidden]</c>.</param>
    /// <param name="firstOnly">Whether every text's token 0 goes on alone, <c>[G * N, 1, hidden]</c>, instead of all.</param>
    public T SelfAttention(PackedTexts<T> texts, T rows, bool firstOnly)
    {
        var queries = firstOnly ? texts.First(rows) : rows;
        var (query, key, value) = Projections(queries, rows);
        var attended = T.Attention(
            firstOnly ? query : texts.Rectangle(query), texts.Rectangle(key), texts.Rectangle(value), config.AttentionHeads, texts.PairMask);
        return Output(firstOnly ? attended : texts.Rows(attended), queries, "attention.output");
    }

    /// <summary>
    /// Cross-attention to a picture with residual and norm. The picture's keys and values are computed once, whatever the number of its texts:
    /// <paramref name="tokens"/> <c>[images, m, hidden]</c> may be those of many texts in a row.
    /// </summary>
    public T CrossAttention(T tokens, T image)
    {
        var attended = T.Attention(
            Project(tokens, "crossattention.self.query"),
            Project(image, "crossattention.self.key"),
            Project(image, "crossattention.self.value"),
            config.AttentionHeads,
            keyMask: null);
        return Output(attended, tokens, "crossattention.output");
    }

    /// <summary>The same without ever computing the picture's keys and values: less work for a few texts.</summary>
    /// <param name="tokens"><c>[images, m, hidden]</c>.</param>
    /// <param name="image">Image tokens <c>[images, image tokens, hidden]</c>.</param>
    public T AbsorbedCrossAttention(T tokens, T image)
    {
        var attended = T.AbsorbedAttention(
            Project(tokens, "crossattention.self.query"),
            image,
            parameters[$"{name}.crossattention.self.key.weight", config.HiddenSize, config.HiddenSize],
            parameters[$"{name}.crossattention.self.value.weight", config.HiddenSize, config.HiddenSize],
            config.AttentionHeads);
        return Output(attended + parameters[$"{name}.crossattention.self.value.bias", config.HiddenSize], tokens, "crossattention.output");
    }

    /// <summary>
    /// What decides how texts' tokens <c>[images, m, hidden]</c> share their attention among a picture's <c>[images, image tokens, hidden]</c>:
    /// projected queries and keys.
    /// </summary>
    /// <param name="tokens">Tokens of texts, as the sub-layer gets them.</param>
    /// <param name="image">Image tokens.</param>
    /// <param name="together">Whether both stand in one sequence (a concat layer), so that it is self-attention that compares them.</param>
    public (T Query, T Key) Comparison(T tokens, T image, bool together)
    {
        var part = together ? "attention" : "crossattention";
        return (Project(tokens, $"{part}.self.query"), Project(image, $"{part}.self.key"));
    }

    /// <summary>Feed-forward with residual and norm.</summary>
    public T FeedForward(T x)
    {
        var inner = parameters.Linear(x, $"{name}.intermediate.dense", config.IntermediateSize).Gelu();
        return Output(inner, x, "output");
    }

    (T Query, T Key, T Value) Projections(T queries, T tokens) =>
        (Project(queries, "attention.self.query"), Project(tokens, "attention.self.key"), Project(tokens, "attention.self.value"));

    T Project(T x, string part) => parameters.Linear(x, $"{name}.{part}", config.HiddenSize);

    T Output(T x, T residual, string part) =>
        parameters.LayerNorm(
            parameters.Linear(x, $"{name}.{part}.dense", config.HiddenSize).Dropout() + residual,
            $"{name}.{part}.LayerNorm",
            config.LayerNormEpsilon);
}
