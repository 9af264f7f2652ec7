namespace MplugCluster.Training.Optimization;

/// <summary>Weights side by side in memory that the optimiser treats alike.</summary>
/// <param name="Offset">Where they begin, in numbers.</param>
/// <param name="Count">How many numbers, gaps between weights included.</param>
/// <param name="Vision">Whether they are the vision transformer's, which has a learning rate of its own.</param>
/// <param name="Decays">Whether weight decay is for them.</param>
sealed record ParameterRange(long Offset, int Count, bool Vision, bool Decays);
