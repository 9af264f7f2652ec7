using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>Decides at random which elements a training pass drops.</summary>
interface IDropout<T> where T : class, IPrimitiveTensor<T>
{
    /// <summary>0 where an element is dropped, else what keeps the mean: <c>1 / (1 - probability)</c>.</summary>
    T HiddenMask(Shape shape);

    /// <summary>The same for shares of attention; null where attention drops none.</summary>
    T? AttentionMask(Shape shape);

    /// <summary>Remembers this place: the result gives the masks from here on once more, but none before the values that it is given are there.</summary>
    Func<T[], IDropout<T>> Here();
}
