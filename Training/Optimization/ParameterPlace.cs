using System.Collections.Immutable;

namespace MplugCluster.Training.Optimization;

/// <summary>A weight's place in one long vector.</summary>
/// <param name="Name">Checkpoint name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Offset">Where it begins, in numbers.</param>
sealed record ParameterPlace(string Name, ImmutableArray<int> Shape, long Offset)
{
    /// <summary>Its numbers.</summary>
    public int Count => Shape.Aggregate(1, (product, size) => product * size);
}
