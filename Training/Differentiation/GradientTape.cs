using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>Keeps the order of operations and walks it backwards.</summary>
/// <typeparam name="T">The interpreter that computes, or writes, forward and backward pass.</typeparam>
public sealed class GradientTape<T> where T : class, IPrimitiveTensor<T>
{
    readonly List<Autodiff<T>> recorded = [];

    /// <summary>What drops elements at random. Default: nothing does.</summary>
    internal IDropout<T>? Dropout { get; set; }

    /// <summary>A value that derivatives are wanted for.</summary>
    public Autodiff<T> Variable(T value) => new Autodiff<T>(this, value, recorded.Count, []).Recorded(recorded);

    /// <summary>A value that derivatives stop at.</summary>
    public Autodiff<T> Constant(T value) => new(this, value, -1, []);

    /// <summary>Derivatives of a number with respect to variables.</summary>
    /// <param name="of">A value of one element.</param>
    /// <param name="by">Variables of this tape.</param>
    /// <returns>One for each variable, in its shape; null where <paramref name="of"/> does not depend on it.</returns>
    public IReadOnlyList<T?> Gradients(Autodiff<T> of, IEnumerable<Autodiff<T>> by)
    {
        if (of.Value.Shape.Count.Value != 1)
            throw new ShapeException($"The derivative of {of.Value.Shape} was asked for; only that of one number is defined.");
        var pending = new Dictionary<Autodiff<T>, PendingGradient<T>>(ReferenceEqualityComparer.Instance);
        Pending(of).Add(of.Value.Scale(0).Shift(1));

        // A value's users were all recorded after it, so its gradient is complete when its turn comes.
        for (var at = of.Order; at >= 0; at--)
        {
            var node = recorded[at];
            if (node.Uses.Count == 0 || !pending.Remove(node, out var gradient))
                continue;
            var complete = gradient.Sum();
            foreach (var use in node.Uses)
                use.Pass(complete, Pending(use.Input));
        }

        return [.. by.Select(variable => pending.TryGetValue(variable, out var gradient) ? gradient.Sum() : null)];

        PendingGradient<T> Pending(Autodiff<T> node)
        {
            if (!pending.TryGetValue(node, out var gradient))
                pending[node] = gradient = new PendingGradient<T>(node.Value.Shape);
            return gradient;
        }
    }

    /// <summary>The result of an operation; recorded if one of its inputs is.</summary>
    internal Autodiff<T> Result(T value, params ReadOnlySpan<GradientUse<T>> uses)
    {
        var kept = new List<GradientUse<T>>();
        foreach (var use in uses)
        {
            if (use.Input.Order >= 0)
                kept.Add(use);
        }

        return kept.Count == 0 ? Constant(value) : new Autodiff<T>(this, value, recorded.Count, kept).Recorded(recorded);
    }
}
