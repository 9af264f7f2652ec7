using Microsoft.ML.OnnxRuntime;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Inference;

/// <summary>
/// The pair scorer that also returns attention, on one device. Its session is opened at the first question and kept: on the processor it maps its
/// weights from the package's file; on a GPU it takes the fusion layers' weights once more (0.23 GB for the published model).
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
        using var inputs = PairInputs.OfPair(config, image, text);
        using var outputs = session.Run(run, PairInputs.Names, inputs.Values, ["itm_logits", MplugGraphs.Attention(layer)]);
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
