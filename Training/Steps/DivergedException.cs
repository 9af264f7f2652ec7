namespace MplugCluster.Training.Steps;

/// <summary>A loss or gradient is no number any more. The weights are still those of the step before.</summary>
public sealed class DivergedException(string message) : Exception(message);
