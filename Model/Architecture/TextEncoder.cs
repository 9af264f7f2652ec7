namespace MplugCluster.Model.Architecture;

/// <summary>The first layers of BERT, without pooler.</summary>
/// <remarks>Source: X-PLUG/mPLUG models/modeling_mplug.py BertEmbeddings, BertEncoder (mode "text").</remarks>
public sealed class TextEncoder<T>(MplugConfig config, IParameters<T> parameters) where T : class, ITensor<T>
{
    const string Root = "text_encoder";

    /// <summary>Encodes texts.</summary>
    /// <param name="ids">Token ids <c>[batch, length]</c>.</param>
    /// <param name="mask">1 for tokens, 0 for padding, <c>[batch, length]</c>.</param>
    /// <returns>Text tokens <c>[batch, length, hidden]</c> and unit embeddings <c>[batch, embed_dim]</c>.</returns>
    public (T Tokens, T Embedding) Encode(T ids, T mask)
    {
        var (batch, length, hidden) = (ids.Shape[0], ids.Shape[1], config.HiddenSize);

        // Token types are always 0 here, so their row is added to the positions before anything depends on the text.
        var words = parameters[$"{Root}.embeddings.word_embeddings.weight", config.VocabularySize, hidden].Gather(ids);
        var type = parameters[$"{Root}.embeddings.token_type_embeddings.weight", config.TokenTypes, hidden].Slice(0, 0, 1);
        var positions = parameters[$"{Root}.embeddings.position_embeddings.weight", config.MaxPositions, hidden].Slice(0, 0, length);
        var x = parameters.LayerNorm(words + type + positions, $"{Root}.embeddings.LayerNorm", config.LayerNormEpsilon)
            .Named("text_embeddings").Dropout(); // [batch, length, hidden]

        for (var number = 0; number < config.TextEncoderLayers; number++)
        {
            var layer = new BertLayer<T>(config, parameters, $"{Root}.encoder.layer.{number}");
            x = T.Layer(inputs => [layer.FeedForward(layer.SelfAttention(inputs[0], inputs[0], mask))], x)[0].Named($"text_layer{number}");
        }

        var first = x.Slice(1, 0, 1).Reshape(batch, hidden);
        return (x, parameters.Linear(first, "text_proj", config.EmbeddingSize).L2Normalize());
    }
}
