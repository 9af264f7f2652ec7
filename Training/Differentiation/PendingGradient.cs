using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>The gradient of one value while its terms come in.</summary>
/// <param name="shape">Shape of the value.</param>
sealed class PendingGradient<T>(Shape shape) where T : class, IPrimitiveTensor<T>
{
    readonly List<T> terms = [];
    readonly List<(int Axis, Dim Start, Dim End, T Term)> slices = [];

    /// <summary>The term that came last.</summary>
    public T Newest { get; private set; } = null!;

    /// <summary>Adds a term; axes that the value was broadcast along are summed.</summary>
    public void Add(T term) => terms.Add(Newest = SumTo(term, shape));

    /// <summary>Adds a term for elements <paramref name="start"/> to <paramref name="end"/> along an axis.</summary>
    public void AddSlice(int axis, Dim start, Dim end, T term) => slices.Add((axis, start, end, Newest = term));

    /// <summary>All terms together.</summary>
    public T Sum()
    {
        IEnumerable<T> all = slices.Count == 0 ? terms : [.. terms, .. Slices()];
        return all.Aggregate((sum, term) => sum + term);
    }

    /// <summary>Slices that lie side by side over the whole axis are joined; others are filled up with zeros.</summary>
    IEnumerable<T> Slices()
    {
        if (slices.All(slice => slice.Axis == slices[0].Axis && slice.Start.Value is not null))
        {
            var ordered = slices.OrderBy(slice => slice.Start.Value).ToList();
            var meets = ordered.Zip(ordered.Skip(1)).All(pair => pair.First.End.Equals(pair.Second.Start));
            if (meets && ordered[0].Start.Value == 0 && ordered[^1].End.Equals(shape[slices[0].Axis]))
                return [T.Concat(slices[0].Axis, [.. ordered.Select(slice => slice.Term)])];
        }

        return slices.Select(slice => slice.Term.Pad(slice.Axis, slice.Start, shape[slice.Axis] + (slice.End * -1)));
    }

    static T SumTo(T term, Shape shape)
    {
        if (term.Shape.Equals(shape))
            return term;
        var lead = term.Shape.Rank - shape.Rank;
        int[] axes = [.. Enumerable.Range(0, term.Shape.Rank)
            .Where(axis => axis < lead || (shape[axis - lead].Value == 1 && term.Shape[axis].Value != 1))];
        return (axes.Length == 0 ? term : term.Sum(axes)).Reshape([.. shape.Dims]);
    }
}
