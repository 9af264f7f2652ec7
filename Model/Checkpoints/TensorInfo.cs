using System.Collections.Immutable;

namespace MplugCluster.Model.Checkpoints;

/// <summary>Name, type and shape of one tensor of a checkpoint.</summary>
public sealed record TensorInfo(string Name, ElementType Type, ImmutableArray<int> Shape)
{
    /// <summary>Number of elements; 1 for a scalar (empty shape).</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The shape as people write it: <c>[768, 1024]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
