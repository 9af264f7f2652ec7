using MplugCluster.Model.Checkpoints;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Saving;

/// <summary>What training has come to as a checkpoint's tensors: weights, momentum copies, temperature and queues, under the original's names.</summary>
sealed class StateWeights : IWeights
{
    readonly Dictionary<string, Action<Span<float>>> values = new(StringComparer.Ordinal);
    readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);

    public StateWeights(TrainingState state)
    {
        foreach (var place in state.Layout.Places)
            Add(place.Name, [.. place.Shape], state.Weight(place).Read);
        foreach (var place in state.Layout.Copied)
            Add(MomentumParameters.NameOf(place.Name), [.. place.Shape], state.Copy(place).Read);
        var queue = state.IdentityQueue.Count;
        var width = state.ImageQueue.Count / queue;
        Add(StepNames.ImageQueue, [width, queue], to => QueueCheckpoint.Columns(state.ImageQueue.ToArray(), queue, width).CopyTo(to));
        Add(StepNames.TextQueue, [width, queue], to => QueueCheckpoint.Columns(state.TextQueue.ToArray(), queue, width).CopyTo(to));
        Add(StepNames.IdentityQueue, [1, queue], to => state.IdentityQueue.ToArray().Select(identity => (float)identity).ToArray().CopyTo(to));
        Add(QueueCheckpoint.Pointer, [1], to => to[0] = state.QueueRow);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination) => values[name](destination);

    void Add(string name, int[] shape, Action<Span<float>> read)
    {
        tensors[name] = new TensorInfo(name, ElementType.Float32, [.. shape]);
        values[name] = read;
    }
}
