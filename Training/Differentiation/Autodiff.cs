using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>
/// A tensor that remembers how it was made: the architecture runs on it unchanged, and <see cref="GradientTape{T}"/> gives the backward pass in
/// operations of the same interpreter. Attention and patch embedding are lowered to primitive operations; layer norm and the GELUs keep their fused
/// forward pass and have a derivative of their own.
/// </summary>
/// <remarks>Source: Griewank and Walther, Evaluating Derivatives (reverse mode); rules derived by hand and checked by finite differences.</remarks>
/// <typeparam name="T">The interpreter beneath.</typeparam>
public sealed partial class Autodiff<T> : IPrimitiveTensor<Autodiff<T>> where T : class, IPrimitiveTensor<T>
{
    readonly GradientTape<T> tape;

    /// <summary>The matrix that this one is the transpose of, if it is one.</summary>
    Autodiff<T>? transposed;

    internal Autodiff(GradientTape<T> tape, T value, int order, IReadOnlyList<GradientUse<T>> uses) =>
        (this.tape, Value, Order, Uses) = (tape, value, order, uses);

    /// <summary>The value in the interpreter beneath.</summary>
    public T Value { get; }

    /// <inheritdoc/>
    public Shape Shape => Value.Shape;

    /// <summary>Place on the tape; -1 for a value without derivatives.</summary>
    internal int Order { get; }

    /// <summary>Inputs that get a share of this value's gradient.</summary>
    internal IReadOnlyList<GradientUse<T>> Uses { get; }

    /// <summary>The layer that this value comes out of, where it is one that is run again for the backward pass.</summary>
    internal RecomputedLayer<T>? Origin { get; init; }

    /// <summary>The same value as a constant: no gradient passes.</summary>
    public Autodiff<T> Detached => tape.Constant(Value);

    /// <inheritdoc/>
    public static Autodiff<T> operator +(Autodiff<T> left, Autodiff<T> right) =>
        left.tape.Result(left.Value + right.Value, new(left, g => g), new(right, g => g));

    /// <inheritdoc/>
    public static Autodiff<T> operator -(Autodiff<T> left, Autodiff<T> right) =>
        left.tape.Result(left.Value - right.Value, new(left, g => g), new(right, g => g.Scale(-1)));

    /// <inheritdoc/>
    public static Autodiff<T> operator *(Autodiff<T> left, Autodiff<T> right) =>
        left.tape.Result(left.Value * right.Value, new(left, g => g * right.Value), new(right, g => g * left.Value));

    /// <inheritdoc/>
    public static Autodiff<T> operator /(Autodiff<T> left, Autodiff<T> right)
    {
        var quotient = left.Value / right.Value;
        return left.tape.Result(quotient, new(left, g => g / right.Value), new(right, g => (g * quotient / right.Value).Scale(-1)));
    }

    /// <inheritdoc/>
    public Autodiff<T> Scale(float factor) => tape.Result(Value.Scale(factor), new GradientUse<T>(this, g => g.Scale(factor)));

    /// <inheritdoc/>
    public Autodiff<T> Shift(float addend) => tape.Result(Value.Shift(addend), new GradientUse<T>(this, g => g));

    /// <inheritdoc/>
    public Autodiff<T> Exp()
    {
        var result = Value.Exp();
        return tape.Result(result, new GradientUse<T>(this, g => g * result));
    }

    /// <inheritdoc/>
    public Autodiff<T> Sqrt()
    {
        var result = Value.Sqrt();
        return tape.Result(result, new GradientUse<T>(this, g => g.Scale(0.5f) / result));
    }

    /// <inheritdoc/>
    public Autodiff<T> Erf() => tape.Result(
        Value.Erf(), new GradientUse<T>(this, g => g * (Value * Value).Scale(-1).Exp().Scale((float)(2 / Math.Sqrt(Math.PI)))));

    /// <inheritdoc/>
    public Autodiff<T> Sigmoid()
    {
        var result = Value.Sigmoid();
        return tape.Result(result, new GradientUse<T>(this, g => g * result * result.Scale(-1).Shift(1)));
    }

    /// <inheritdoc/>
    public Autodiff<T> Gelu() => tape.Result(Value.Gelu(), new GradientUse<T>(this, g =>
    {
        var below = Value.Scale((float)(1 / Math.Sqrt(2))).Erf().Scale(0.5f).Shift(0.5f);
        var density = (Value * Value).Scale(-0.5f).Exp().Scale((float)(1 / Math.Sqrt(2 * Math.PI)));
        return g * (below + Value * density);
    }));

    /// <inheritdoc/>
    public Autodiff<T> QuickGelu() => tape.Result(Value.QuickGelu(), new GradientUse<T>(this, g =>
    {
        var gate = Value.Scale(1.702f).Sigmoid();
        return g * gate * (Value * gate.Scale(-1).Shift(1)).Scale(1.702f).Shift(1);
    }));

    /// <inheritdoc/>
    public Autodiff<T> Softmax()
    {
        var shares = Value.Softmax();
        return tape.Result(shares, new GradientUse<T>(this, g =>
        {
            var weighted = g * shares;
            return weighted - shares * SumLast(weighted);
        }));
    }

    /// <inheritdoc/>
    public Autodiff<T> LogSoftmax() => tape.Result(Value.LogSoftmax(), new GradientUse<T>(this, g => g - Value.Softmax() * SumLast(g)));

    /// <inheritdoc/>
    public Autodiff<T> Sum(params int[] axes) => tape.Result(Value.Sum(axes), new GradientUse<T>(this, g => g.Expand([.. Shape.Dims])));

    /// <inheritdoc/>
    public (Autodiff<T> Standard, Autodiff<T> InverseDeviation) Standardize(float epsilon)
    {
        var (standard, inverse) = Value.Standardize(epsilon);
        return (tape.Result(standard, new GradientUse<T>(this, g => StandardizeShare(g, standard, inverse))), tape.Constant(inverse));
    }

    /// <inheritdoc/>
    public Autodiff<T> LayerNorm(Autodiff<T> gain, Autodiff<T> shift, float epsilon)
    {
        var (standard, inverse) = Value.Standardize(epsilon);
        return tape.Result(
            standard * gain.Value + shift.Value,
            new(this, g => StandardizeShare(g * gain.Value, standard, inverse)),
            new(gain, g => g * standard),
            new(shift, g => g));
    }

    /// <inheritdoc/>
    public Autodiff<T> EqualTo(Autodiff<T> other) => tape.Constant(Value.EqualTo(other.Value));

    /// <inheritdoc/>
    public Autodiff<T> AtMost(Autodiff<T> other) => tape.Constant(Value.AtMost(other.Value));

    /// <inheritdoc/>
    public Autodiff<T> After(params Autodiff<T>[] others) =>
        tape.Result(Value.After([.. others.Select(other => other.Value)]), new GradientUse<T>(this, g => g));

    /// <inheritdoc/>
    public Autodiff<T> ToIds() => tape.Constant(Value.ToIds());

    /// <inheritdoc/>
    public Autodiff<T> RunningSum() => Order < 0 ? tape.Constant(Value.RunningSum()) : throw new NotSupportedException("RunningSum has no derivative here.");

    /// <inheritdoc/>
    public Autodiff<T> Dropout() => tape.Dropout?.HiddenMask(Shape) is { } mask ? this * tape.Constant(mask) : this;

    /// <summary>A layer's results; with <see cref="GradientTape{T}.Recompute"/> the tape keeps nothing of it but what goes in.</summary>
    public static Autodiff<T>[] Layer(Func<Autodiff<T>[], Autodiff<T>[]> run, params Autodiff<T>[] inputs) => inputs[0].tape.Layer(run, inputs);

    /// <summary>Names are for verifying inference graphs; a training graph runs parts of the model several times.</summary>
    public Autodiff<T> Named(string name) => this;

    internal Autodiff<T> Recorded(List<Autodiff<T>> list)
    {
        list.Add(this);
        return this;
    }

    static T SumLast(T value) => value.Sum(value.Shape.Rank - 1);

    static T StandardizeShare(T gradient, T standard, T inverse)
    {
        var share = 1f / standard.Shape.Numbered(standard.Shape.Rank - 1);
        var along = SumLast(gradient * standard).Scale(share);
        return (gradient - SumLast(gradient).Scale(share) - standard * along) * inverse;
    }
}
