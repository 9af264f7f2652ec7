using MplugCluster.Model.Onnx;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>What the gradient graph writes besides the queues: losses, and the gradients laid out as the weights are.</summary>
sealed class StepBuffers : IDisposable
{
    readonly TensorMemory losses = new(2 * TensorMemory.Alignment);

    public StepBuffers(ParameterLayout layout)
    {
        Gradients = new TensorMemory(layout.Count * sizeof(float));
        Outputs =
        [
            new(StepNames.ContrastiveLoss, losses.View(0, OnnxType.Float)),
            new(StepNames.MatchingLoss, losses.View(TensorMemory.Alignment, OnnxType.Float)),
            .. layout.Places.Select(place => KeyValuePair.Create(
                StepNames.Gradient(place.Name), Gradients.View(place.Offset * sizeof(float), OnnxType.Float, [.. place.Shape]))),
        ];
    }

    /// <summary>All gradients; the gaps between weights stay zero.</summary>
    public TensorMemory Gradients { get; }

    /// <summary>The graph's outputs.</summary>
    public IReadOnlyList<KeyValuePair<string, BoundTensor>> Outputs { get; }

    public float ContrastiveLoss => losses.Span<float>(0, 1)[0];

    public float MatchingLoss => losses.Span<float>(TensorMemory.Alignment, 1)[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        losses.Dispose();
        Gradients.Dispose();
    }
}
