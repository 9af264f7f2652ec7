using MplugCluster.Model.Architecture;
using MplugCluster.Model.Onnx;

namespace MplugCluster.Training.Steps;

/// <summary>A batch in memory of the host; it goes to the device when the gradient graph is run.</summary>
sealed class BatchInputs : IDisposable
{
    readonly List<HostMemory> memories = [];
    readonly Dictionary<string, BoundTensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Copies a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="pairs">How many pairs it must have.</param>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="alpha">Share of the momentum encoders' opinion.</param>
    /// <param name="queueRow">Queue row that the batch is written from.</param>
    /// <param name="queue">Rows of the queue, which is a ring.</param>
    public BatchInputs(TrainingBatch batch, int pairs, MplugConfig config, double alpha, int queueRow, int queue)
    {
        var side = config.ImageResolution;
        var length = batch.Ids.Length / pairs;
        Add<float>(StepNames.Pixels, OnnxType.Float, batch.Pixels, pairs, 3, side, side);
        Add<long>(StepNames.Ids, OnnxType.Int64, batch.Ids, pairs, length);
        Add<long>(StepNames.Mask, OnnxType.Int64, batch.Mask, pairs, length);
        Add<long>(StepNames.Identities, OnnxType.Int64, batch.Identities, pairs);
        Add<long>(StepNames.Slots, OnnxType.Int64, [.. Enumerable.Range(queueRow, pairs).Select(row => (long)row % queue)], pairs);
        Add<float>(StepNames.RandomImages, OnnxType.Float, batch.RandomImages, pairs);
        Add<float>(StepNames.RandomTexts, OnnxType.Float, batch.RandomTexts, pairs);
        Add<float>(StepNames.Alpha, OnnxType.Float, [(float)alpha]);
    }

    /// <summary>The inputs by name.</summary>
    public IEnumerable<KeyValuePair<string, BoundTensor>> Tensors => tensors;

    /// <inheritdoc/>
    public void Dispose() => memories.ForEach(memory => memory.Dispose());

    void Add<T>(string name, OnnxType type, T[] values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var count = 1;
        foreach (var size in shape)
            count *= size;
        if (count != values.Length)
            throw new ArgumentException($"{name} has {values.Length} numbers, expected {count}.");
        var memory = new HostMemory(Math.Max(1, values.Length) * sizeof(long));
        memories.Add(memory);
        values.CopyTo(memory.Span<T>(0, values.Length));
        tensors[name] = memory.View(0, type, shape);
    }
}
