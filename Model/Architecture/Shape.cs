using System.Collections.Immutable;

namespace MplugCluster.Model.Architecture;

/// <summary>Sizes of a tensor, outermost first. Faults throw at the line of the architecture that made them.</summary>
public sealed class Shape(params ImmutableArray<Dim> dims) : IEquatable<Shape>
{
    /// <summary>The sizes.</summary>
    public ImmutableArray<Dim> Dims { get; } = dims;

    /// <summary>Number of axes.</summary>
    public int Rank => Dims.Length;

    /// <summary>Size along an axis.</summary>
    public Dim this[int axis] => Dims[axis];

    /// <summary>Number of elements.</summary>
    public Dim Count => Dims.Aggregate((Dim)1, (product, size) => product * size);

    /// <summary>Sizes as numbers; throws if one is symbolic.</summary>
    public ImmutableArray<int> Numbers =>
        [.. Dims.Select(dim => (int)(dim.Value ?? throw new ShapeException($"{this} has a size that is not known: {dim}.")))];

    /// <summary>Size along an axis as a number; throws if it is symbolic.</summary>
    public int Numbered(int axis) => new Shape(Dims[axis]).Numbers[0];

    /// <summary>This shape with another size along one axis.</summary>
    public Shape With(int axis, Dim size) => new(Dims.SetItem(axis, size));

    /// <summary>The shape of an element-wise operation: equal sizes, or 1 against anything, aligned at the last axis.</summary>
    public static Shape Broadcast(Shape a, Shape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var result = ImmutableArray.CreateBuilder<Dim>(rank);
        for (var axis = 0; axis < rank; axis++)
        {
            Dim x = axis < rank - a.Rank ? 1 : a[axis - (rank - a.Rank)];
            Dim y = axis < rank - b.Rank ? 1 : b[axis - (rank - b.Rank)];
            result.Add(x.Equals(y) || y.Value == 1 ? x : x.Value == 1 ? y
                : throw new ShapeException($"{a} and {b} do not broadcast: {x} against {y}."));
        }

        return new(result.ToImmutable());
    }

    /// <summary>The shape of <c>[..., m, k] x [k, n]</c>.</summary>
    public static Shape MatMul(Shape a, Shape b) =>
        b.Rank == 2 && a.Rank >= 2 && a[^1].Equals(b[0])
            ? a.With(a.Rank - 1, b[1])
            : throw new ShapeException($"{a} cannot be multiplied by the matrix {b}.");

    /// <summary>The last size, counted from the end with <c>^</c>.</summary>
    public Dim this[Index index] => Dims[index];

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && Dims.SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Dims)}]";
}
