using System.Globalization;
using System.Text.Json;
using MplugCluster.Model.Architecture;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Writes the two configuration files of a checkpoint directory, as <see cref="MplugConfigReader"/> and the original read them.</summary>
/// <remarks>Source: X-PLUG/mPLUG configs/retrieval_flickr30k_mplug_large.yaml, configs/config_bert.json; the keys <c>clip_*</c> as in the published ModelScope directories.</remarks>
public static class ConfigWriter
{
    /// <summary>Writes <c>config.yaml</c>, <c>config_bert.json</c> and <c>configuration.json</c>.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="queue">Rows of the training queues.</param>
    /// <param name="directory">Where to.</param>
    public static void Write(MplugConfig config, int queue, string directory)
    {
        string[] yaml =
        [
            "task: image-text-retrieval",
            "bert_config: config_bert.json",
            $"clip_name: {ClipName(config)}",
            $"image_res: {config.ImageResolution}",
            $"queue_size: {queue}",
            "momentum: 0.995",
            $"vision_width: {config.VisionWidth}",
            $"embed_dim: {config.EmbeddingSize}",
            "temp: 0.07",
            $"k_test: {config.Candidates}",
            "alpha: 0.4",
            "distill: true",
            "warm_up: true",
            $"clip_image_resolution: {config.ImageResolution}",
            $"clip_vision_layers: {config.VisionLayers}",
            $"clip_vision_width: {config.VisionWidth}",
            $"clip_vision_patch_size: {config.PatchSize}",
        ];
        File.WriteAllText(Path.Combine(directory, "config.yaml"), string.Join('\n', yaml) + "\n");
        File.WriteAllText(Path.Combine(directory, "config_bert.json"), Bert(config) + "\n");
        File.WriteAllText(
            Path.Combine(directory, "configuration.json"),
            """{"framework": "pytorch", "task": "image-text-retrieval", "model": {"type": "mplug"}, "pipeline": {"type": "image-text-retrieval"}}""" + "\n");
    }

    static string Bert(MplugConfig config) => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["architectures"] = new[] { "BertForMaskedLM" },
            ["model_type"] = "bert",
            ["hidden_act"] = "gelu",
            ["hidden_dropout_prob"] = 0.1,
            ["attention_probs_dropout_prob"] = 0.1,
            ["initializer_range"] = 0.02,
            ["pad_token_id"] = 0,
            ["hidden_size"] = config.HiddenSize,
            ["encoder_width"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["layer_norm_eps"] = decimal.Parse(config.LayerNormEpsilon.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture),
            ["max_position_embeddings"] = config.MaxPositions,
            ["num_attention_heads"] = config.AttentionHeads,
            ["num_hidden_layers"] = config.HiddenLayers,
            ["type_vocab_size"] = config.TokenTypes,
            ["vocab_size"] = config.VocabularySize,
            ["text_encoder_layers"] = config.TextEncoderLayers,
            ["fusion_layers"] = config.FusionLayers,
            ["stride_layer"] = config.StrideLayer,
            ["add_cross_attention"] = false,
        },
        new JsonSerializerOptions { WriteIndented = true });

    static string ClipName(MplugConfig config) => config.PatchSize switch { 14 => "ViT-L-14", 32 => "ViT-B-32", _ => "ViT-B-16" };
}
