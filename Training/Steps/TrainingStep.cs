using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Optimization;

namespace MplugCluster.Training.Steps;

/// <summary>
/// One step of training after the other, in ONNX Runtime. Weights and all other state stay on the device in two sets of memory that change places; a step
/// takes a batch there and brings losses, the gradient's length and the temperature back.
/// </summary>
/// <remarks>Source: AliceMind mPLUG retrieval_img_mplug.py train; the graphs are this project's own.</remarks>
public sealed class TrainingStep : IDisposable
{
    readonly MplugConfig config;
    readonly StepOptions options;
    readonly TensorDevice device;
    readonly BoundGraph gradient, momentum;
    readonly DropoutSites? dropout;
    readonly StepBuffers buffers;
    readonly WeightUpdate update;

    /// <summary>Writes and opens the graphs.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="Model.Inference.DeviceUnavailableException">The device is not there.</exception>
    /// <exception cref="TrainingMemoryException">Its memory is not enough.</exception>
    public TrainingStep(MplugConfig config, StepOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Batch, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Accumulate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queue, options.Batch);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Dropout, 1);
        (this.config, this.options) = (config, options);
        device = new TensorDevice(options.Engine);
        var graph = new GradientGraph(config, options.Batch, options.Queue, options.Dropout, options.Recompute);
        dropout = graph.Dropout;
        try
        {
            State = new TrainingState(device, new ParameterLayout(graph.Weights, options.Optimizer.DecayEverything, device.Alignment), config, options.Queue);
            gradient = new BoundGraph(graph.Graph, options.Engine);
            momentum = new BoundGraph(OptimizerGraphs.Momentum((float)options.Momentum), options.Engine);
            buffers = new StepBuffers(device, State.Layout);
            update = new WeightUpdate(device, State, options);
        }
        catch (Exception e)
        {
            Dispose();
            if (MemoryFaults.Is(e))
                throw new TrainingMemoryException(options, e);
            throw;
        }
    }

    /// <summary>What training has come to.</summary>
    internal TrainingState State { get; }

    /// <summary>Begins with a checkpoint's weights; its momentum copies and queues are taken where they are and fit.</summary>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="seed">Seed of random queues.</param>
    /// <exception cref="CheckpointException">A weight is missing, or of another shape.</exception>
    public void Load(IWeights weights, int seed = 0) => State.Load(weights, seed);

    /// <summary>Learns from as many batches as <see cref="StepOptions.Accumulate"/> says.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="rates">Learning rates and alpha.</param>
    /// <returns>Losses and gradient norm.</returns>
    /// <exception cref="DivergedException">A loss or gradient is no number; no weight has moved.</exception>
    /// <exception cref="TrainingMemoryException">The device's memory is not enough.</exception>
    public StepResult Run(IReadOnlyList<TrainingBatch> batches, StepRates rates)
    {
        if (batches.Count != options.Accumulate)
            throw new ArgumentException($"A step takes {options.Accumulate} batches, not {batches.Count}.", nameof(batches));
        try
        {
            return Step(batches, rates);
        }
        catch (Exception e) when (MemoryFaults.Is(e))
        {
            throw new TrainingMemoryException(options, e);
        }
    }

    /// <summary>
    /// Gives back what steps take of another device's memory beside the state, for something else that is to run there. The next step takes it again.
    /// </summary>
    public void Release()
    {
        if (device.Apart)
            gradient.Release();
    }

    /// <summary>The gradient of a weight in the last batch.</summary>
    internal float[] Gradient(string weight)
    {
        var place = State.Layout.Places.First(place => place.Name == weight);
        var numbers = new float[place.Count];
        buffers.Gradients.Read<float>(place.Offset * sizeof(float), numbers);
        return numbers;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Also of a step whose start failed half-way.
        gradient?.Dispose();
        momentum?.Dispose();
        update?.Dispose();
        buffers?.Dispose();
        device.Dispose();
    }

    StepResult Step(IReadOnlyList<TrainingBatch> batches, StepRates rates)
    {
        var (contrast, matching) = (0.0, 0.0);
        foreach (var (number, batch) in batches.Index())
        {
            var (ita, itm) = Backward(batch, rates.Alpha);
            contrast += ita / batches.Count;
            matching += itm / batches.Count;
            if (batches.Count > 1)
                update.Accumulate(buffers.Gradients, first: number == 0, 1f / batches.Count);
        }

        var result = new StepResult(contrast, matching, update.GradientNorm(buffers.Gradients));
        if (!result.IsFinite)
        {
            throw new DivergedException(
                $"Step {State.Steps + 1}: loss_ita {contrast}, loss_itm {matching}, gradient norm {result.GradientNorm}. "
                + "Training has diverged; try a lower learning rate or --clip-norm.");
        }

        update.Run(buffers.Gradients, result.GradientNorm, rates);
        if (State.Temperature < options.MinTemperature)
            State.Temperature = (float)options.MinTemperature;
        return result;
    }

    /// <summary>Momentum copies move, then one batch goes forward and back, and into the queues.</summary>
    (float Contrast, float Matching) Backward(TrainingBatch batch, double alpha)
    {
        var copied = (int)State.Layout.CopiedCount;
        momentum.Run(
            [
                new(OptimizerGraphs.Copies, State.Copies.Read(0, OnnxType.Float, copied)),
                new(OptimizerGraphs.Weights, State.Weights.Read(0, OnnxType.Float, copied)),
            ],
            [new(OptimizerGraphs.Next(OptimizerGraphs.Copies), State.Copies.Write(0, OnnxType.Float, copied))]);
        State.Copies.Swap();

        options.Engine.BeforeRun?.Invoke(BatchWork.Pairs, options.Batch);
        var (read, write) = State.BindQueues();
        using var inputs = new BatchInputs(batch, options.Batch, config, alpha, State.QueueRow, options.Queue);
        using var dropped = dropout?.Inputs(batch.Ids.Length / options.Batch, batch.DropoutSeed);
        gradient.Run(
            [
                .. inputs.Tensors,
                .. dropped?.Tensors ?? [],
                .. read,
                .. State.Layout.Places.Select(place => KeyValuePair.Create(place.Name, State.Weights.Read(place.Offset * sizeof(float), OnnxType.Float, [.. place.Shape]))),
                .. State.Layout.Copied.Select(place => KeyValuePair.Create(
                    MomentumParameters.NameOf(place.Name), State.Copies.Read(place.Offset * sizeof(float), OnnxType.Float, [.. place.Shape]))),
            ],
            [.. write, .. buffers.Outputs]);
        State.Queues.Swap();
        State.QueueRow = (State.QueueRow + options.Batch) % options.Queue;
        return (buffers.ContrastiveLoss, buffers.MatchingLoss);
    }
}
