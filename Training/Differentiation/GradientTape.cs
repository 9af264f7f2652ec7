using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>Keeps the order of operations and walks it backwards.</summary>
/// <typeparam name="T">The interpreter that computes, or writes, forward and backward pass.</typeparam>
public sealed class GradientTape<T> where T : class, IPrimitiveTensor<T>
{
    readonly List<Autodiff<T>> recorded = [];

    /// <summary>Whether operations leave no trace: a layer runs that will run again when its gradient is wanted.</summary>
    bool paused;

    /// <summary>Whether layers are forgotten after the forward pass and run again in the backward pass: less memory, more time. Default: no.</summary>
    public bool Recompute { get; init; }

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
        var pending = new PendingGradients<T>();
        pending[of].Add(of.Value.Scale(0).Shift(1));
        Pass(of.Order, 0, pending);
        return [.. by.Select(pending.Take)];
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

        return paused || kept.Count == 0 ? Constant(value) : new Autodiff<T>(this, value, recorded.Count, kept).Recorded(recorded);
    }

    /// <summary>Runs a layer.</summary>
    internal Autodiff<T>[] Layer(Func<Autodiff<T>[], Autodiff<T>[]> run, Autodiff<T>[] inputs)
    {
        if (!Recompute || paused)
            return run(inputs);
        var layer = new RecomputedLayer<T>(run, inputs, Dropout?.Here());
        paused = true;
        var results = run(inputs);
        paused = false;
        return layer.Outputs = [.. results.Select(result => new Autodiff<T>(this, result.Value, recorded.Count, []) { Origin = layer }.Recorded(recorded))];
    }

    /// <summary>Passes gradients on from one place of the tape back to another. A value's users were all recorded after it, so its own is complete when its turn comes.</summary>
    /// <returns>What came to values from before <paramref name="last"/>.</returns>
    List<T> Pass(int first, int last, PendingGradients<T> pending)
    {
        var passed = new List<T>();
        for (var at = first; at >= last; at--)
        {
            var node = recorded[at];
            if (node.Origin is { } layer)
            {
                // Its other results stand after its first one on the tape, and so their gradients are complete too.
                if (node == layer.Outputs[0])
                    PassThrough(layer, pending);
                continue;
            }

            if (node.Uses.Count == 0 || pending.Take(node) is not { } complete)
                continue;
            foreach (var use in node.Uses)
            {
                var share = pending[use.Input];
                use.Pass(complete, share);
                if (use.Input.Order < last)
                    passed.Add(share.Newest);
            }
        }

        return passed;
    }

    /// <summary>
    /// Runs a layer again and passes the gradients of its results through it. It waits for these gradients, or a runtime that is free to choose would
    /// take the first run's values for the second's, or run it early. The layers before wait for all that this one's inner values are needed for.
    /// </summary>
    void PassThrough(RecomputedLayer<T> layer, PendingGradients<T> pending)
    {
        T?[] gradients = [.. layer.Outputs.Select(pending.Take)];
        T[] known = [.. gradients.OfType<T>()];
        if (known.Length == 0)
            return;
        var (start, dropout) = (recorded.Count, Dropout);
        Dropout = layer.Dropout?.Invoke(known);
        Autodiff<T>[] inputs = [.. layer.Inputs.Select(input => input.Order < 0 ? input : Variable(input.Value.After(known)))];

        // What has come to an input from elsewhere goes along, so that all is added up in the order in which it would be without running again.
        foreach (var (input, again) in layer.Inputs.Zip(inputs))
            pending.Move(input, again);
        foreach (var (output, gradient) in layer.Run(inputs).Zip(gradients))
        {
            if (gradient is not null && output.Order >= 0)
                pending[output].Add(gradient);
        }

        Dropout = dropout;
        var passed = Pass(recorded.Count - 1, start, pending);
        foreach (var (input, again) in layer.Inputs.Zip(inputs))
        {
            if (input != again && pending.Take(again) is { } gradient)
                pending[input].Add(passed.Count == 0 ? gradient : gradient.After([.. passed]));
        }

        recorded.RemoveRange(start, recorded.Count - start);
    }
}
