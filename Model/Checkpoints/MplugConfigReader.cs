using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Reads the sizes of a model from <c>config.yaml</c>, its BERT json and, where they say it better, the weights.</summary>
public static class MplugConfigReader
{
    /// <summary>Beyond these nothing is a model any more, only a way to fill memory.</summary>
    const int MaxResolution = 4096, MaxWidth = 65_536, MaxLayers = 256, MaxRows = 1 << 22;

    const string VisualRoot = "visual_encoder.visual";

    /// <summary>CLIP's vision transformers by the name that config.yaml gives: patch size and number of blocks.</summary>
    static readonly Dictionary<string, (int Patch, int Layers)> Clip = new(StringComparer.Ordinal)
    {
        ["ViT-L-14"] = (14, 24),
        ["ViT-B-16"] = (16, 12),
        ["ViT-B-32"] = (32, 12),
    };

    /// <summary>Sizes from the configuration files alone.</summary>
    /// <exception cref="CheckpointException">A file or key is missing or impossible; all faults in one message.</exception>
    public static MplugConfig ReadDirectory(string directory) => Read(directory, new Dictionary<string, TensorInfo>());

    /// <summary>Sizes from the configuration files; patch size and number of vision blocks from the weights.</summary>
    internal static MplugConfig Read(string directory, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        var source = new ConfigSource(directory);
        var (patch, layers) = Vision(source, tensors);
        var config = new MplugConfig
        {
            ImageResolution = source.Number("image_res", MaxResolution),
            PatchSize = patch,
            VisionWidth = source.Number("vision_width", MaxWidth),
            VisionLayers = layers,
            HiddenSize = source.Number("hidden_size", MaxWidth),
            AttentionHeads = source.Number("num_attention_heads", MaxWidth),
            IntermediateSize = source.Number("intermediate_size", MaxWidth),
            HiddenLayers = source.Number("num_hidden_layers", MaxLayers),
            TextEncoderLayers = source.Number("text_encoder_layers", MaxLayers),
            FusionLayers = source.Number("fusion_layers", MaxLayers),
            StrideLayer = source.Number("stride_layer", MaxLayers),
            VocabularySize = source.Number("vocab_size", MaxRows),
            MaxPositions = source.Number("max_position_embeddings", MaxRows),
            TokenTypes = source.Number("type_vocab_size", MaxRows),
            LayerNormEpsilon = source.Fraction("layer_norm_eps"),
            EmbeddingSize = source.Number("embed_dim", MaxWidth),
            Candidates = source.Number("k_test", MaxRows, otherwise: 256),
        };
        if (source.Faults.Count == 0)
            source.Faults.AddRange(Contradictions(config));
        return source.Faults.Count == 0
            ? config
            : throw new CheckpointException($"The configuration in '{directory}' cannot be used:\n  {string.Join("\n  ", source.Faults)}");
    }

    static (int Patch, int Layers) Vision(ConfigSource source, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        if (tensors.TryGetValue($"{VisualRoot}.conv1.weight", out var filter) && filter.Shape is [_, _, var side, _])
        {
            // The highest number counts, not how many there are: a block that is missing must be missed.
            const string Blocks = $"{VisualRoot}.transformer.resblocks.";
            var layers = tensors.Keys.Where(name => name.StartsWith(Blocks, StringComparison.Ordinal))
                .Select(name => int.TryParse(name[Blocks.Length..].Split('.')[0], out var number) ? number + 1 : 0).Append(0).Max();
            if (side is < 1 or > MaxResolution || layers is < 1 or > MaxLayers)
                source.Faults.Add($"the weights have a patch size of {side} and {layers} vision blocks");
            var said = source.Text("clip_vision_layers") is null ? layers : source.Number("clip_vision_layers", MaxLayers);
            if (said != layers)
                source.Faults.Add($"config.yaml: 'clip_vision_layers' is {said}, but the weights have {layers} vision blocks");
            return (side, layers);
        }

        var known = Clip.TryGetValue(source.Text("clip_name") ?? "", out var clip);
        if (!known && (source.Text("clip_vision_patch_size") is null || source.Text("clip_vision_layers") is null))
        {
            source.Faults.Add($"config.yaml: 'clip_name' is '{source.Text("clip_name")}'; known are {string.Join(", ", Clip.Keys)}, "
                + "others need 'clip_vision_patch_size' and 'clip_vision_layers'");
        }

        return (
            source.Number("clip_vision_patch_size", MaxResolution, known ? clip.Patch : 1),
            source.Number("clip_vision_layers", MaxLayers, known ? clip.Layers : 1));
    }

    static IEnumerable<string> Contradictions(MplugConfig config)
    {
        if (config.ImageResolution % config.PatchSize != 0)
            yield return $"image_res {config.ImageResolution} is not a multiple of the patch size {config.PatchSize}";
        if (config.VisionWidth % 64 != 0)
            yield return $"vision_width {config.VisionWidth} is not a multiple of 64, the width of CLIP's heads";
        if (config.HiddenSize % config.AttentionHeads != 0)
            yield return $"hidden_size {config.HiddenSize} is not a multiple of num_attention_heads {config.AttentionHeads}";
        if (config.FusionLayers > config.HiddenLayers)
            yield return $"fusion_layers {config.FusionLayers} is more than num_hidden_layers {config.HiddenLayers}";
        if (config.TextEncoderLayers > config.HiddenLayers)
            yield return $"text_encoder_layers {config.TextEncoderLayers} is more than num_hidden_layers {config.HiddenLayers}";
        if (config.MaxPositions < 30)
            yield return $"max_position_embeddings {config.MaxPositions} is less than the 30 tokens of a caption";
    }
}
