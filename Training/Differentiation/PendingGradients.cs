using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>Gradients whose terms are still coming in, by value.</summary>
sealed class PendingGradients<T> where T : class, IPrimitiveTensor<T>
{
    readonly Dictionary<Autodiff<T>, PendingGradient<T>> pending = new(ReferenceEqualityComparer.Instance);

    /// <summary>A value's gradient, to add to.</summary>
    public PendingGradient<T> this[Autodiff<T> value]
    {
        get
        {
            if (!pending.TryGetValue(value, out var gradient))
                pending[value] = gradient = new PendingGradient<T>(value.Value.Shape);
            return gradient;
        }
    }

    /// <summary>Has what came to one value go on as another's.</summary>
    public void Move(Autodiff<T> from, Autodiff<T> to)
    {
        if (pending.Remove(from, out var gradient))
            pending[to] = gradient;
    }

    /// <summary>Ends the waiting for a value's gradient; null if nothing has come.</summary>
    public T? Take(Autodiff<T> value) => pending.Remove(value, out var gradient) ? gradient.Sum() : null;
}
