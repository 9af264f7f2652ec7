using MplugCluster.Model.Inference;

namespace MplugCluster.Training.Steps;

/// <summary>A device's memory is not enough for training as it is asked for.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="inner">What the runtime said.</param>
public sealed class TrainingMemoryException(StepOptions options, Exception inner) : Exception(
    $"Device {options.Engine.Device} has not enough memory to train with batches of {options.Batch} pairs: {RuntimeMessage.Of(inner.InnerException is { } cause && inner is DeviceUnavailableException ? cause : inner).TrimEnd('.')}. "
    + $"Use a smaller --batch{(options.Recompute ? "" : ", or --recompute")}; with --accumulate a step still learns from as many pairs.",
    inner);
