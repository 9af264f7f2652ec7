using MplugCluster.Model.Checkpoints;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Saving;

/// <summary>What training has come to as a checkpoint's tensors: weights, momentum copies, temperature and queues, under the original's names.</summary>
sealed class StateWeights : IWeights
{
    readonly Dictionary<string, Func<float[]>> values = new(StringComparer.Ordinal);
    readonly Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);

    public StateWeights(TrainingState state)
    {
        foreach (var place in state.Layout.Places)
            Add(place.Name, [.. place.Shape], () => state.Weight(place).ToArray());
        foreach (var place in state.Layout.Copied)
            Add(MomentumParameters.NameOf(place.Name), [.. place.Shape], () => state.Copy(place).ToArray());
        var queue = state.IdentityQueue.Length;
        var width = state.ImageQueue.Length / queue;
        Add(StepNames.ImageQueue, [width, queue], () => QueueCheckpoint.Columns(state.ImageQueue, queue, width));
        Add(StepNames.TextQueue, [width, queue], () => QueueCheckpoint.Columns(state.TextQueue, queue, width));
        Add(StepNames.IdentityQueue, [1, queue], () => [.. state.IdentityQueue.ToArray().Select(identity => (float)identity)]);
        Add(QueueCheckpoint.Pointer, [1], () => [state.QueueRow]);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    /// <inheritdoc/>
    public void Read(string name, Span<float> destination) => values[name]().CopyTo(destination);

    void Add(string name, int[] shape, Func<float[]> read)
    {
        tensors[name] = new TensorInfo(name, ElementType.Float32, [.. shape]);
        values[name] = read;
    }
}
