using MplugCluster.Model.Onnx;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>What the gradient graph writes besides the queues: losses, which come to the host, and on the device the gradients, laid out as the weights are.</summary>
sealed class StepBuffers : IDisposable
{
    readonly HostMemory losses = new(2 * HostMemory.Alignment);

    public StepBuffers(TensorDevice device, ParameterLayout layout)
    {
        Gradients = device.Take(layout.Count * sizeof(float));
        Outputs =
        [
            new(StepNames.ContrastiveLoss, losses.View(0, OnnxType.Float)),
            new(StepNames.MatchingLoss, losses.View(HostMemory.Alignment, OnnxType.Float)),
            .. layout.Places.Select(place => KeyValuePair.Create(
                StepNames.Gradient(place.Name), Gradients.View(place.Offset * sizeof(float), OnnxType.Float, [.. place.Shape]))),
        ];
    }

    /// <summary>All gradients; the gaps between weights stay zero.</summary>
    public TensorMemory Gradients { get; }

    /// <summary>The graph's outputs.</summary>
    public IReadOnlyList<KeyValuePair<string, BoundTensor>> Outputs { get; }

    public float ContrastiveLoss => losses.Span<float>(0, 1)[0];

    public float MatchingLoss => losses.Span<float>(HostMemory.Alignment, 1)[0];

    /// <inheritdoc/>
    public void Dispose() => losses.Dispose();
}
