using MplugCluster.Model.Architecture;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>Everything that a step changes: weights, momentum copies, the optimiser's moments, queues, and how far training has come.</summary>
sealed class TrainingState
{
    /// <summary>What identity a queue row has that nothing has been written to: no picture's.</summary>
    const long NoIdentity = -100;

    /// <summary>The temperature that training begins with where a checkpoint has none: packages keep only what inference reads.</summary>
    const float InitialTemperature = 0.07f;

    readonly int queue;
    readonly int width;
    readonly int alignment;

    /// <summary>Zeros everywhere, and empty queues.</summary>
    public TrainingState(TensorDevice device, ParameterLayout layout, MplugConfig config, int queue)
    {
        (Layout, this.queue, width, alignment) = (layout, queue, config.EmbeddingSize, device.Alignment);
        Weights = new(device, layout.Count * sizeof(float));
        First = new(device, layout.Count * sizeof(float));
        Second = new(device, layout.Count * sizeof(float));
        Copies = new(device, layout.CopiedCount * sizeof(float));
        Queues = new(device, IdentityQueueOffset + queue * sizeof(long));
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
    public float Temperature
    {
        get => TemperatureNumber.ToArray()[0];
        set => TemperatureNumber.Write([value]);
    }

    /// <summary>All weights, as <see cref="Layout"/> has them.</summary>
    public StateNumbers<float> AllWeights => new(Weights, 0, (int)Layout.Count);

    /// <summary>All momentum copies.</summary>
    public StateNumbers<float> AllCopies => new(Copies, 0, (int)Layout.CopiedCount);

    /// <summary>First moments of all weights.</summary>
    public StateNumbers<float> AllFirst => new(First, 0, (int)Layout.Count);

    /// <summary>Second moments of all weights.</summary>
    public StateNumbers<float> AllSecond => new(Second, 0, (int)Layout.Count);

    /// <summary>Image embeddings of the queue, <c>[Q, E]</c>.</summary>
    public StateNumbers<float> ImageQueue => new(Queues, 0, queue * width);

    /// <summary>Text embeddings of the queue, <c>[Q, E]</c>.</summary>
    public StateNumbers<float> TextQueue => new(Queues, TextQueueOffset, queue * width);

    /// <summary>Identities of the queue, <c>[Q]</c>.</summary>
    public StateNumbers<long> IdentityQueue => new(Queues, IdentityQueueOffset, queue);

    StateNumbers<float> TemperatureNumber => Weight(Layout.Places.First(place => place.Name == StepNames.Temperature));

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
    public StateNumbers<float> Weight(ParameterPlace place) => new(Weights, place.Offset * sizeof(float), place.Count);

    /// <summary>The numbers of a weight's momentum copy.</summary>
    public StateNumbers<float> Copy(ParameterPlace place) => new(Copies, place.Offset * sizeof(float), place.Count);

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
            var numbers = new float[place.Count];
            if (source.Tensors.ContainsKey(place.Name))
                source.Read(place.Name, numbers);
            else
                Array.Fill(numbers, InitialTemperature);
            Weight(place).Write(numbers);
        }

        foreach (var place in Layout.Copied)
        {
            var name = MomentumParameters.NameOf(place.Name);
            var numbers = new float[place.Count];
            if (source.Tensors.TryGetValue(name, out var info) && info.Count == place.Count)
                source.Read(name, numbers);
            else
                Weight(place).Read(numbers);
            Copy(place).Write(numbers);
        }

        QueueCheckpoint.Load(this, source, queue, width, seed, NoIdentity);
    }

    long Aligned(long bytes) => (bytes + alignment - 1) / alignment * alignment;
}
