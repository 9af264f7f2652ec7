using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>
/// The pair scorer that also returns attention, on one device. Its session is opened at the first question and kept: on the processor it maps the
/// weights that the pair scorer has mapped already; on a GPU it takes the fusion layers' weights once more (0.23 GB for the published model).
/// </summary>
sealed class PairExplainer(ModelPackage package, EngineOptions options) : IDisposable
{
    readonly RunOptions run = new();
    InferenceSession? session;

    /// <summary>Scores a pair and says how its text attends to its picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="text">The text.</param>
    /// <param name="layer">Fusion layer, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such layer.</exception>
    public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer)
    {
        var config = package.Config;
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, config.FusionLayers);
        session ??= OnnxSessionFactory.Open(ExplainingGraph.Emit(package), package.Directory, options);
        var mask = new long[text.Length];
        Array.Fill(mask, 1);
        using var imageValue = OrtValue.CreateTensorValueFromMemory(image.Tokens.ToSingles(), [1, config.ImageTokens, config.HiddenSize]);
        using var textValue = OrtValue.CreateTensorValueFromMemory(text.Tokens, [1, 1, text.Length, config.HiddenSize]);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, [1, 1, text.Length]);
        using var outputs = session.Run(
            run, ["image_tokens", "text_tokens", "mask"], [imageValue, textValue, maskValue], ["itm_logits", MplugGraphs.Attention(layer)]);
        var logits = outputs[0].GetTensorDataAsSpan<float>();
        return new PairAttention(
            new ItmLogits(logits[0], logits[1]), outputs[1].GetTensorDataAsSpan<float>().ToArray(), config.AttentionHeads, text.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session?.Dispose();
        run.Dispose();
    }
}
