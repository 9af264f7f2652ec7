using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>Everything that a step changes: weights, momentum copies, the optimiser's moments, queues, and how far training has come.</summary>
sealed class TrainingState : IDisposable
{
    /// <summary>What identity a queue row has that nothing has been written to: no picture's.</summary>
    const long NoIdentity = -100;

    /// <summary>The temperature that training begins with where a checkpoint has none: packages keep only what inference reads.</summary>
    const float InitialTemperature = 0.07f;

    readonly int queue;
    readonly int width;

    /// <summary>Zeros everywhere, and empty queues.</summary>
    public TrainingState(ParameterLayout layout, MplugConfig config, int queue)
    {
        (Layout, this.queue, width) = (layout, queue, config.EmbeddingSize);
        Weights = new(layout.Count * sizeof(float));
        First = new(layout.Count * sizeof(float));
        Second = new(layout.Count * sizeof(float));
        Copies = new(layout.CopiedCount * sizeof(float));
        Queues = new(QueueBytes(queue, width));
    }

    /// <summary>Where weights lie.</summary>
    public ParameterLayout Layout { get; }

    public SwappedMemory Weights { get; }

    public SwappedMemory Copies { get; }

    public SwappedMemory First { get; }

    public SwappedMemory Second { get; }

    public SwappedMemory Queues { get; }

    /// <summary>Optimiser steps so far.</summary>
    public int Steps { get; set; }

    /// <summary>Queue row that the next batch is written from.</summary>
    public int QueueRow { get; set; }

    /// <summary>The temperature.</summary>
    public ref float Temperature => ref Weight(Layout.Places.First(place => place.Name == StepNames.Temperature))[0];

    /// <summary>Image embeddings of the queue, <c>[Q, E]</c>.</summary>
    public Span<float> ImageQueue => Queues.Now.Span<float>(0, queue * width);

    /// <summary>Text embeddings of the queue, <c>[Q, E]</c>.</summary>
    public Span<float> TextQueue => Queues.Now.Span<float>(TextQueueOffset, queue * width);

    /// <summary>Identities of the queue, <c>[Q]</c>.</summary>
    public Span<long> IdentityQueue => Queues.Now.Span<long>(IdentityQueueOffset, queue);

    long TextQueueOffset => Aligned((long)queue * width * sizeof(float));

    long IdentityQueueOffset => 2 * TextQueueOffset;

    /// <summary>The queues as a graph's inputs, and as its outputs.</summary>
    public (Dictionary<string, BoundTensor> Read, Dictionary<string, BoundTensor> Write) BindQueues() => (
        new()
        {
            [StepNames.ImageQueue] = Queues.Read(0, OnnxType.Float, queue, width),
            [StepNames.TextQueue] = Queues.Read(TextQueueOffset, OnnxType.Float, queue, width),
            [StepNames.IdentityQueue] = Queues.Read(IdentityQueueOffset, OnnxType.Int64, queue),
        },
        new()
        {
            [StepNames.Next(StepNames.ImageQueue)] = Queues.Write(0, OnnxType.Float, queue, width),
            [StepNames.Next(StepNames.TextQueue)] = Queues.Write(TextQueueOffset, OnnxType.Float, queue, width),
            [StepNames.Next(StepNames.IdentityQueue)] = Queues.Write(IdentityQueueOffset, OnnxType.Int64, queue),
        });

    /// <summary>A weight's numbers.</summary>
    public Span<float> Weight(ParameterPlace place) => Weights.Now.Span<float>(place.Offset * sizeof(float), place.Count);

    /// <summary>The numbers of a weight's momentum copy.</summary>
    public Span<float> Copy(ParameterPlace place) => Copies.Now.Span<float>(place.Offset * sizeof(float), place.Count);

    /// <summary>
    /// Takes weights from a checkpoint. Momentum copies and queues come from there too where they are and fit; otherwise copies begin as the weights,
    /// and queues as random unit vectors.
    /// </summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="seed">Seed of the random queues.</param>
    /// <exception cref="CheckpointException">A weight is missing, or of another shape.</exception>
    public void Load(IWeights source, int seed)
    {
        ImportReport.Compare(Layout.Places.Where(place => place.Name != StepNames.Temperature || source.Tensors.ContainsKey(place.Name)).Select(place => new TensorInfo(place.Name, ElementType.Float32, place.Shape)), source.Tensors).ThrowIfFailed();
        foreach (var place in Layout.Places)
        {
            if (source.Tensors.ContainsKey(place.Name))
                source.Read(place.Name, Weight(place));
            else
                Weight(place).Fill(InitialTemperature);
        }

        foreach (var place in Layout.Copied)
        {
            var name = MomentumParameters.NameOf(place.Name);
            if (source.Tensors.TryGetValue(name, out var info) && info.Count == place.Count)
                source.Read(name, Copy(place));
            else
                Weight(place).CopyTo(Copy(place));
        }

        QueueCheckpoint.Load(this, source, queue, width, seed, NoIdentity);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in (SwappedMemory[])[Weights, Copies, First, Second, Queues])
            memory.Dispose();
    }

    static long Aligned(long bytes) => (bytes + TensorMemory.Alignment - 1) / TensorMemory.Alignment * TensorMemory.Alignment;

    static long QueueBytes(int queue, int width) => 2 * Aligned((long)queue * width * sizeof(float)) + queue * sizeof(long);
}
