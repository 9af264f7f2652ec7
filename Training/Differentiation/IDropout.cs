using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>Decides at random which elements a training pass drops.</summary>
interface IDropout<T> where T : class, IPrimitiveTensor<T>
{
    /// <summary>0 where an element is dropped, else what keeps the mean: <c>1 / (1 - probability)</c>.</summary>
    T HiddenMask(Shape shape);

    /// <summary>The same for shares of attention; null where attention drops none.</summary>
    T? AttentionMask(Shape shape);
}
