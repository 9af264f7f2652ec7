using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>A layer of which the tape keeps only what went in and what came out.</summary>
/// <param name="Run">The layer.</param>
/// <param name="Inputs">What went in.</param>
/// <param name="Dropout">Gives the masks of the first time once more, not before some values are there; null where nothing is dropped.</param>
sealed record RecomputedLayer<T>(Func<Autodiff<T>[], Autodiff<T>[]> Run, Autodiff<T>[] Inputs, Func<T[], IDropout<T>>? Dropout) where T : class, IPrimitiveTensor<T>
{
    /// <summary>What came out, in the order of the tape.</summary>
    public Autodiff<T>[] Outputs { get; set; } = [];
}
