namespace MplugCluster.Model.Architecture;

/// <summary>CLIP's vision transformer with all tokens kept, then (large models) the projection to the fusion encoder's width.</summary>
/// <remarks>Source: Radford et al. 2021, openai/CLIP clip/model.py VisionTransformer; X-PLUG/mPLUG models/model_retrieval_mplug.py MPLUG (visn_fc, vision_proj).</remarks>
public sealed class ImageEncoder<T>(MplugConfig config, IParameters<T> parameters) where T : class, ITensor<T>
{
    const float ClipEpsilon = 1e-5f;
    const float ProjectionEpsilon = 1e-12f;
    const string Root = "visual_encoder.visual";

    /// <summary>Encodes pictures.</summary>
    /// <param name="pixels">Normalised pictures <c>[batch, 3, R, R]</c>.</param>
    /// <returns>Image tokens <c>[batch, image tokens, hidden]</c> and unit embeddings <c>[batch, embed_dim]</c>.</returns>
    public (T Tokens, T Embedding) Encode(T pixels)
    {
        var batch = pixels.Shape[0];
        var width = config.VisionWidth;

        var patches = pixels.PatchEmbed(parameters[$"{Root}.conv1.weight", width, 3, config.PatchSize, config.PatchSize])
            .Named("vis_conv1"); // [batch, patches, width]
        var classToken = parameters[$"{Root}.class_embedding", width].Reshape(1, 1, width).Expand(batch, 1, width);
        var x = T.Concat(1, classToken, patches); // [batch, tokens, width]
        x += parameters[$"{Root}.positional_embedding", config.ImageTokens, width];
        x = parameters.LayerNorm(x, $"{Root}.ln_pre", ClipEpsilon).Named("vis_ln_pre");
        for (var block = 0; block < config.VisionLayers; block++)
        {
            var name = $"{Root}.transformer.resblocks.{block}";
            x = T.Layer(inputs => [Block(inputs[0], name)], x)[0].Named($"vis_block{block}");
        }

        x = parameters.LayerNorm(x, $"{Root}.ln_post", ClipEpsilon).Named("vis_ln_post");

        if (config.HasVisionProjection)
        {
            x = parameters.Linear(x, "visn_fc", config.HiddenSize); // [batch, tokens, hidden]
            x = parameters.LayerNorm(x, "visn_layer_norm", ProjectionEpsilon).Dropout();
        }

        var first = x.Slice(1, 0, 1).Reshape(batch, config.HiddenSize);
        return (x, parameters.Linear(first, "vision_proj", config.EmbeddingSize).L2Normalize());
    }

    /// <summary>Pre-norm transformer block, <c>[batch, tokens, width]</c> in and out.</summary>
    T Block(T x, string name)
    {
        var width = config.VisionWidth;
        var normed = parameters.LayerNorm(x, $"{name}.ln_1", ClipEpsilon);
        var attended = T.Attention(Packed(0), Packed(1), Packed(2), config.VisionHeads, keyMask: null);
        x += parameters.Linear(attended, $"{name}.attn.out_proj", width);

        var inner = parameters.Linear(parameters.LayerNorm(x, $"{name}.ln_2", ClipEpsilon), $"{name}.mlp.c_fc", 4 * width);
        return x + parameters.Linear(inner.QuickGelu(), $"{name}.mlp.c_proj", width);

        // Query, key and value projections lie on top of each other in one matrix.
        T Packed(int part) =>
            normed.MatMul(parameters[$"{name}.attn.in_proj_weight", 3 * width, width].Slice(0, part * width, (part + 1) * width).Transpose(1, 0))
            + parameters[$"{name}.attn.in_proj_bias", 3 * width].Slice(0, part * width, (part + 1) * width);
    }
}
