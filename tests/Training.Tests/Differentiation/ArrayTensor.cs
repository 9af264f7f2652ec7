using MplugCluster.Model.Architecture;

namespace MplugCluster.Training.Tests.Differentiation;

/// <summary>The plainest interpreter: float64 arrays, computed at once, every operation by its definition. Attention and the like are not needed beneath.</summary>
sealed class ArrayTensor(int[] sizes, double[] data) : IPrimitiveTensor<ArrayTensor>
{
    public double[] Data { get; } = data;

    public int[] Sizes { get; } = sizes;

    public Shape Shape => new([.. Sizes.Select(size => (Dim)size)]);

    public static ArrayTensor operator +(ArrayTensor left, ArrayTensor right) => left.Each(right, (a, b) => a + b);

    public static ArrayTensor operator -(ArrayTensor left, ArrayTensor right) => left.Each(right, (a, b) => a - b);

    public static ArrayTensor operator *(ArrayTensor left, ArrayTensor right) => left.Each(right, (a, b) => a * b);

    public static ArrayTensor operator /(ArrayTensor left, ArrayTensor right) => left.Each(right, (a, b) => a / b);

    public ArrayTensor Scale(float factor) => Each(x => x * factor);

    public ArrayTensor Shift(float addend) => Each(x => x + addend);

    public ArrayTensor Exp() => Each(Math.Exp);

    public ArrayTensor Sqrt() => Each(Math.Sqrt);

    public ArrayTensor Erf() => Each(ErrorFunction);

    public ArrayTensor Sigmoid() => Each(x => 1 / (1 + Math.Exp(-x)));

    public ArrayTensor Gelu() => Each(x => x * (1 + ErrorFunction(x * (float)(1 / Math.Sqrt(2)))) / 2);

    public ArrayTensor QuickGelu() => Each(x => x / (1 + Math.Exp(-1.702f * x)));

    public ArrayTensor Softmax() => Rows(row => { var sum = row.Sum(Math.Exp); return row.Select(x => Math.Exp(x) / sum); });

    public ArrayTensor LogSoftmax() => Rows(row => { var sum = Math.Log(row.Sum(Math.Exp)); return row.Select(x => x - sum); });

    public ArrayTensor RunningSum() => Rows(row => row.Select((_, i) => row.Take(i + 1).Sum()));

    public ArrayTensor EqualTo(ArrayTensor other) => Each(other, (a, b) => a == b ? 1 : 0);

    public ArrayTensor AtMost(ArrayTensor other) => Each(other, (a, b) => a <= b ? 1 : 0);

    public ArrayTensor ToIds() => this;

    public ArrayTensor After(params ArrayTensor[] others) => this;

    public ArrayTensor Dropout() => this;

    public ArrayTensor Named(string name) => this;

    public (ArrayTensor Standard, ArrayTensor InverseDeviation) Standardize(float epsilon)
    {
        var last = Sizes.Length - 1;
        var mean = Sum(last).Scale(1f / Sizes[last]);
        var centred = this - mean;
        var inverse = (centred * centred).Sum(last).Scale(1f / Sizes[last]).Each(x => 1 / Math.Sqrt(x + epsilon));
        return (centred * inverse, inverse);
    }

    public ArrayTensor LayerNorm(ArrayTensor gain, ArrayTensor shift, float epsilon) => Standardize(epsilon).Standard * gain + shift;

    public ArrayTensor Sum(params int[] axes)
    {
        var result = Zeros([.. Sizes.Select((size, axis) => axes.Contains(axis) ? 1 : size)]);
        Walk(Sizes, (at, index) => result.Data[result.Offset(at)] += Data[index]);
        return result;
    }

    public ArrayTensor MatMul(ArrayTensor matrix)
    {
        var rows = new ArrayTensor([1, Data.Length / Sizes[^1], Sizes[^1]], Data);
        var product = rows.BatchMatMul(new ArrayTensor([1, .. matrix.Sizes], matrix.Data));
        return new([.. Sizes[..^1], matrix.Sizes[1]], product.Data);
    }

    public ArrayTensor BatchMatMul(ArrayTensor other)
    {
        var (m, k, n) = (Sizes[^2], Sizes[^1], other.Sizes[^1]);
        var result = Zeros([.. Sizes[..^1], n]);
        for (var i = 0; i < result.Data.Length; i++)
        {
            var (batch, row, column) = (i / (m * n), i / n % m, i % n);
            for (var j = 0; j < k; j++)
                result.Data[i] += Data[(batch * m + row) * k + j] * other.Data[(batch * k + j) * n + column];
        }

        return result;
    }

    public ArrayTensor Gather(ArrayTensor ids) =>
        new([.. ids.Sizes, Sizes[1]], [.. ids.Data.SelectMany(id => Data.Skip((int)id * Sizes[1]).Take(Sizes[1]))]);

    public ArrayTensor ScatterAdd(ArrayTensor ids, Dim rows)
    {
        var width = Sizes[^1];
        var result = Zeros([(int)rows.Value!, width]);
        for (var i = 0; i < Data.Length; i++)
            result.Data[(int)ids.Data[i / width] * width + i % width] += Data[i];
        return result;
    }

    public ArrayTensor Reshape(params Dim[] dims) => new(Numbers(dims), Data);

    public ArrayTensor Transpose(params int[] axes) =>
        Made([.. axes.Select(axis => Sizes[axis])], at => Data[Offset([.. Enumerable.Range(0, axes.Length).Select(axis => at[Array.IndexOf(axes, axis)])])]);

    public ArrayTensor Slice(int axis, Dim start, Dim end) =>
        Made(With(axis, (int)(end.Value - start.Value)!), at => Data[Offset(Moved(at, axis, (int)start.Value!))]);

    public ArrayTensor Pad(int axis, Dim before, Dim after)
    {
        var first = (int)before.Value!;
        return Made(With(axis, first + Sizes[axis] + (int)after.Value!), at =>
            at[axis] < first || at[axis] >= first + Sizes[axis] ? 0 : Data[Offset(Moved(at, axis, -first))]);
    }

    public ArrayTensor Expand(params Dim[] dims) => Zeros(Numbers(dims)) + this;

    public ArrayTensor L2Normalize() => throw new NotSupportedException();

    public ArrayTensor PatchEmbed(ArrayTensor kernel) => throw new NotSupportedException();

    public static ArrayTensor Concat(int axis, params ArrayTensor[] parts)
    {
        var total = parts.Sum(part => part.Sizes[axis]);
        var before = 0;
        var sum = Zeros(parts[0].With(axis, total));
        foreach (var part in parts)
        {
            sum += part.Pad(axis, before, total - before - part.Sizes[axis]);
            before += part.Sizes[axis];
        }

        return sum;
    }

    public static ArrayTensor Attention(ArrayTensor query, ArrayTensor key, ArrayTensor value, int heads, ArrayTensor? keyMask) =>
        throw new NotSupportedException();

    public static ArrayTensor AbsorbedAttention(ArrayTensor query, ArrayTensor tokens, ArrayTensor keyWeight, ArrayTensor valueWeight, int heads) =>
        throw new NotSupportedException();

    public static ArrayTensor Zeros(params int[] sizes) => new(sizes, new double[sizes.Aggregate(1, (product, size) => product * size)]);

    /// <summary>Series near zero, continued fraction far from it: both to the last digits of a double.</summary>
    static double ErrorFunction(double x)
    {
        if (Math.Abs(x) < 3)
        {
            double term = x, sum = x;
            for (var n = 1; n < 100; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        var fraction = 0.0;
        for (var n = 100; n > 0; n--)
            fraction = n / 2.0 / (Math.Abs(x) + fraction);
        return Math.Sign(x) * (1 - Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (Math.Abs(x) + fraction));
    }

    static int[] Numbers(Dim[] dims) => [.. dims.Select(dim => (int)dim.Value!)];

    static int[] Moved(int[] at, int axis, int by)
    {
        int[] moved = [.. at];
        moved[axis] += by;
        return moved;
    }

    int[] With(int axis, int size)
    {
        int[] sizes = [.. Sizes];
        sizes[axis] = size;
        return sizes;
    }

    static void Walk(int[] sizes, Action<int[], int> visit)
    {
        var count = sizes.Aggregate(1, (product, size) => product * size);
        for (var index = 0; index < count; index++)
        {
            var at = new int[sizes.Length];
            for (int axis = sizes.Length - 1, rest = index; axis >= 0; rest /= sizes[axis--])
                at[axis] = rest % sizes[axis];
            visit(at, index);
        }
    }

    static ArrayTensor Made(int[] sizes, Func<int[], double> element)
    {
        var result = Zeros(sizes);
        Walk(sizes, (at, index) => result.Data[index] = element(at));
        return result;
    }

    /// <summary>Where an element lies; axes of size 1 are the same everywhere, and missing leading axes do not count.</summary>
    int Offset(int[] at)
    {
        var offset = 0;
        for (var axis = 0; axis < Sizes.Length; axis++)
            offset = offset * Sizes[axis] + (Sizes[axis] == 1 ? 0 : at[at.Length - Sizes.Length + axis]);
        return offset;
    }

    ArrayTensor Each(Func<double, double> f) => new(Sizes, [.. Data.Select(f)]);

    ArrayTensor Each(ArrayTensor other, Func<double, double, double> f) =>
        Made([.. Shape.Broadcast(Shape, other.Shape).Numbers], at => f(Data[Offset(at)], other.Data[other.Offset(at)]));

    ArrayTensor Rows(Func<double[], IEnumerable<double>> f) => new(Sizes, [.. Data.Chunk(Sizes[^1]).SelectMany(f)]);
}
