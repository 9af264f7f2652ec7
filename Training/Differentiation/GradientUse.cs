using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>An input of an operation, and how the gradient of the operation's result reaches it.</summary>
/// <param name="Input">The input.</param>
/// <param name="Pass">Adds this operation's share to the input's gradient.</param>
sealed record GradientUse<T>(Autodiff<T> Input, Action<T, PendingGradient<T>> Pass) where T : class, IPrimitiveTensor<T>
{
    /// <summary>The usual case: one term of the input's shape, or of one that the input was broadcast to.</summary>
    public GradientUse(Autodiff<T> input, Func<T, T> share) : this(input, (gradient, pending) => pending.Add(share(gradient)))
    {
    }
}
