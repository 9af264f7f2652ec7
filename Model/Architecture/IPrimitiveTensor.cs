using System.Numerics;

namespace MplugCluster.Model.Architecture;

/// <summary>
/// What differentiation needs beyond the architecture's own operations: the small steps that attention, layer norm and GELU, their derivatives
/// and the training losses are made of. Comparisons give 1 and 0 in the tensor's own number type and have no derivative.
/// </summary>
/// <typeparam name="TSelf">The interpreter's tensor.</typeparam>
public interface IPrimitiveTensor<TSelf>
    : ITensor<TSelf>, ISubtractionOperators<TSelf, TSelf, TSelf>, IMultiplyOperators<TSelf, TSelf, TSelf>, IDivisionOperators<TSelf, TSelf, TSelf>
    where TSelf : class, IPrimitiveTensor<TSelf>
{
    /// <summary>Every element times a number.</summary>
    TSelf Scale(float factor);

    /// <summary>Every element plus a number.</summary>
    TSelf Shift(float addend);

    /// <summary>e to the power of every element.</summary>
    TSelf Exp();

    /// <summary>Square root of every element.</summary>
    TSelf Sqrt();

    /// <summary>The error function.</summary>
    TSelf Erf();

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    TSelf Sigmoid();

    /// <summary>Exponentials of the last axis as shares of their sum.</summary>
    TSelf Softmax();

    /// <summary>Logarithm of <see cref="Softmax"/>.</summary>
    TSelf LogSoftmax();

    /// <summary>The last axis with mean 0 and variance 1, and what it was multiplied with for that: <c>[..., 1]</c>.</summary>
    (TSelf Standard, TSelf InverseDeviation) Standardize(float epsilon);

    /// <summary>Sums along axes, which stay with size 1.</summary>
    TSelf Sum(params int[] axes);

    /// <summary>Matrix products <c>[..., m, k] x [..., k, n] -> [..., m, n]</c> of equal leading sizes.</summary>
    TSelf BatchMatMul(TSelf other);

    /// <summary>Zeros before and after along an axis.</summary>
    TSelf Pad(int axis, Dim before, Dim after);

    /// <summary>The reverse of <see cref="ITensor{TSelf}.Gather"/>: <c>[..., width]</c> added up by row number <c>[...]</c> into <c>[rows, width]</c>.</summary>
    TSelf ScatterAdd(TSelf ids, Dim rows);

    /// <summary>1 where elements are equal, else 0; sizes broadcast.</summary>
    TSelf EqualTo(TSelf other);

    /// <summary>1 where an element is at most the other, else 0; sizes broadcast.</summary>
    TSelf AtMost(TSelf other);

    /// <summary>Sums from the first element to each along the last axis.</summary>
    TSelf RunningSum();

    /// <summary>The same value, which is not there before the others are: what is computed from it waits for them.</summary>
    TSelf After(params TSelf[] others);

    /// <summary>Whole numbers as row numbers that <see cref="ITensor{TSelf}.Gather"/> takes.</summary>
    TSelf ToIds();
}
