using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Differentiation;

/// <summary>Products, and operations that only move elements.</summary>
public sealed partial class Autodiff<T>
{
    /// <inheritdoc/>
    public Autodiff<T> MatMul(Autodiff<T> matrix)
    {
        // Linear layers multiply by a transposed weight: its gradient is computed as the weight lies, and nothing has to be turned around.
        var weight = matrix.transposed;
        return tape.Result(
            Value.MatMul(matrix.Value),
            new(this, g => g.MatMul(weight?.Value ?? matrix.Value.Transpose(1, 0))),
            weight is null
                ? new(matrix, g => Rows(Value).Transpose(1, 0).MatMul(Rows(g)))
                : new(weight, g => Rows(g).Transpose(1, 0).MatMul(Rows(Value))));

        static T Rows(T value) => value.Reshape(new Shape(value.Shape.Dims[..^1]).Count, value.Shape[^1]);
    }

    /// <inheritdoc/>
    public Autodiff<T> BatchMatMul(Autodiff<T> other) => tape.Result(
        Value.BatchMatMul(other.Value),
        new(this, g => g.BatchMatMul(Turned(other.Value))),
        new(other, g => Turned(Value).BatchMatMul(g)));

    /// <inheritdoc/>
    public Autodiff<T> Gather(Autodiff<T> ids) => tape.Result(
        Value.Gather(ids.Value), new GradientUse<T>(this, g => g.ScatterAdd(ids.Value, Shape[0])));

    /// <inheritdoc/>
    public Autodiff<T> ScatterAdd(Autodiff<T> ids, Dim rows) => tape.Result(
        Value.ScatterAdd(ids.Value, rows), new GradientUse<T>(this, g => g.Gather(ids.Value)));

    /// <inheritdoc/>
    public Autodiff<T> PatchEmbed(Autodiff<T> kernel)
    {
        var (batch, channels, filter) = (Shape[0], Shape[1], kernel.Shape.Numbers);
        var (width, patch, side) = (filter[0], filter[2], Shape.Numbered(2) / filter[2]);
        var patches = Reshape(batch, channels, side, patch, side, patch)
            .Transpose(0, 2, 4, 1, 3, 5)
            .Reshape(batch, side * side, channels * (patch * patch)); // [batch, patches, channels * P * P]
        return patches.MatMul(kernel.Reshape(width, channels * (patch * patch)).Transpose(1, 0));
    }

    /// <inheritdoc/>
    public Autodiff<T> Reshape(params Dim[] dims) => tape.Result(
        Value.Reshape(dims), new GradientUse<T>(this, g => g.Reshape([.. Shape.Dims])));

    /// <inheritdoc/>
    public Autodiff<T> Transpose(params int[] axes)
    {
        int[] back = [.. Enumerable.Range(0, axes.Length).Select(axis => Array.IndexOf(axes, axis))];
        var result = tape.Result(Value.Transpose(axes), new GradientUse<T>(this, g => g.Transpose(back)));
        if (axes is [1, 0])
            result.transposed = this;
        return result;
    }

    /// <inheritdoc/>
    public Autodiff<T> Slice(int axis, Dim start, Dim end) => tape.Result(
        Value.Slice(axis, start, end), new GradientUse<T>(this, (g, pending) => pending.AddSlice(axis, start, end, g)));

    /// <inheritdoc/>
    public Autodiff<T> Pad(int axis, Dim before, Dim after) => tape.Result(
        Value.Pad(axis, before, after), new GradientUse<T>(this, g => g.Slice(axis, before, before + Shape[axis])));

    /// <inheritdoc/>
    public Autodiff<T> Expand(params Dim[] dims) => tape.Result(Value.Expand(dims), new GradientUse<T>(this, g => g));

    /// <inheritdoc/>
    public Autodiff<T> L2Normalize()
    {
        // The floor keeps a zero vector zero; a number that float32 can hold, far below any length that occurs.
        const float Floor = 1e-24f;
        return this / (this * this).Sum(Shape.Rank - 1).Shift(Floor).Sqrt();
    }

    /// <inheritdoc/>
    public static Autodiff<T> Concat(int axis, params Autodiff<T>[] parts)
    {
        var uses = new GradientUse<T>[parts.Length];
        Dim start = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var (from, to) = (start, start + parts[i].Shape[axis]);
            uses[i] = new(parts[i], g => g.Slice(axis, from, to));
            start = to;
        }

        return parts[0].tape.Result(T.Concat(axis, [.. parts.Select(part => part.Value)]), uses);
    }

    /// <inheritdoc/>
    public static Autodiff<T> Attention(Autodiff<T> query, Autodiff<T> key, Autodiff<T> value, int heads, Autodiff<T>? keyMask)
    {
        var (batch, rows, keys, width) = (query.Shape[0], query.Shape[1], key.Shape[1], query.Shape.Numbered(2));
        var head = width / heads;
        var q = query.Scale((float)(1 / Math.Sqrt(head))).Reshape(batch, rows, heads, head).Transpose(0, 2, 1, 3);
        var k = key.Reshape(batch, keys, heads, head).Transpose(0, 2, 3, 1);
        var v = value.Reshape(batch, keys, heads, head).Transpose(0, 2, 1, 3);
        var scores = q.BatchMatMul(k); // [batch, heads, rows, keys]
        if (keyMask is not null)
            scores += keyMask.Reshape(batch, 1, 1, keys).Shift(-1).Scale(10000);
        var shares = scores.Softmax();
        if (query.tape.Dropout?.AttentionMask(shares.Shape) is { } dropped)
            shares *= query.tape.Constant(dropped);
        return shares.BatchMatMul(v).Transpose(0, 2, 1, 3).Reshape(batch, rows, width);
    }

    /// <summary>Training reads every picture's keys and values anyway, so there is nothing to save by leaving them out.</summary>
    public static Autodiff<T> AbsorbedAttention(Autodiff<T> query, Autodiff<T> tokens, Autodiff<T> keyWeight, Autodiff<T> valueWeight, int heads) =>
        Attention(query, tokens.MatMul(keyWeight.Transpose(1, 0)), tokens.MatMul(valueWeight.Transpose(1, 0)), heads, keyMask: null);

    static T Turned(T value)
    {
        int[] axes = [.. Enumerable.Range(0, value.Shape.Rank)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return value.Transpose(axes);
    }
}
