using MplugCluster.Model.Architecture;
using MplugCluster.Training.Differentiation;
using Tensor = MplugCluster.Training.Differentiation.Autodiff<MplugCluster.Training.Tests.Differentiation.ArrayTensor>;

namespace MplugCluster.Training.Tests.Differentiation;

/// <summary>Every derivative against central differences in float64.</summary>
public sealed class AutodiffTests
{
    const double Step = 1e-5;

    /// <summary>Central differences err by step squared, constants of the interface are float32.</summary>
    const double Tolerance = 2e-7;

    static readonly Dictionary<string, (int[][] Shapes, Func<Tensor[], Tensor> Run)> Operations = new()
    {
        ["Add"] = ([[2, 3], [2, 3]], x => x[0] + x[1]),
        ["Add broadcast"] = ([[2, 3, 4], [4]], x => x[0] + x[1]),
        ["Add broadcast both"] = ([[2, 1, 4], [3, 1]], x => x[0] + x[1]),
        ["Add itself"] = ([[3]], x => x[0] + x[0]),
        ["Subtract"] = ([[2, 3], [1, 3]], x => x[0] - x[1]),
        ["Multiply"] = ([[2, 3], [2, 1]], x => x[0] * x[1]),
        ["Multiply scalar"] = ([[2, 3], []], x => x[0] * x[1]),
        ["Divide"] = ([[2, 3], [3]], x => x[0] / (x[1] * x[1]).Shift(1)),
        ["Divide scalar"] = ([[2, 3], []], x => x[0] / x[1].Exp()),
        ["Scale"] = ([[3]], x => x[0].Scale(-2.5f)),
        ["Shift"] = ([[3]], x => x[0].Shift(2)),
        ["Exp"] = ([[4]], x => x[0].Exp()),
        ["Sqrt"] = ([[4]], x => (x[0] * x[0]).Shift(0.5f).Sqrt()),
        ["Erf"] = ([[6]], x => x[0].Erf()),
        ["Sigmoid"] = ([[4]], x => x[0].Sigmoid()),
        ["Gelu"] = ([[9]], x => x[0].Scale(2).Gelu()),
        ["QuickGelu"] = ([[9]], x => x[0].Scale(2).QuickGelu()),
        ["Softmax"] = ([[2, 4]], x => x[0].Softmax()),
        ["LogSoftmax"] = ([[2, 4]], x => x[0].LogSoftmax()),
        ["Sum"] = ([[2, 3, 4]], x => x[0].Sum(0, 2)),
        ["Standardize"] = ([[3, 5]], x => x[0].Standardize(1e-5f).Standard),
        ["LayerNorm"] = ([[2, 3, 5], [5], [5]], x => x[0].LayerNorm(x[1], x[2], 1e-5f)),
        ["L2Normalize"] = ([[3, 5]], x => x[0].L2Normalize()),
        ["MatMul"] = ([[2, 3, 4], [4, 5]], x => x[0].MatMul(x[1])),
        ["MatMul transposed"] = ([[2, 3, 4], [5, 4]], x => x[0].MatMul(x[1].Transpose(1, 0))),
        ["MatMul transposed and used again"] = ([[3, 4], [5, 4]], x => x[0].MatMul(x[1].Transpose(1, 0)) + x[0].MatMul(x[1].Transpose(1, 0).Exp())),
        ["BatchMatMul"] = ([[2, 2, 3, 4], [2, 2, 4, 5]], x => x[0].BatchMatMul(x[1])),
        ["Reshape"] = ([[2, 6]], x => x[0].Reshape(3, 4)),
        ["Transpose"] = ([[2, 3, 4]], x => x[0].Transpose(2, 0, 1)),
        ["Slice"] = ([[3, 5]], x => x[0].Slice(1, 1, 4)),
        ["Slices side by side"] = ([[6, 2]], x => Tensor.Concat(1, x[0].Slice(0, 0, 2), x[0].Slice(0, 4, 6).Exp(), x[0].Slice(0, 2, 4).Erf())),
        ["Slices that overlap"] = ([[6, 2]], x => x[0].Slice(0, 0, 4) * x[0].Slice(0, 1, 5) + x[0].Slice(0, 2, 6)),
        ["Slice and whole"] = ([[4, 2]], x => x[0].Slice(0, 0, 1) + x[0]),
        ["Pad"] = ([[2, 3]], x => x[0].Pad(1, 1, 2)),
        ["Expand"] = ([[2, 1, 3]], x => x[0].Expand(2, 4, 3)),
        ["Expand new axes"] = ([[3]], x => x[0].Reshape(1, 3).Expand(2, 3)),
        ["Concat"] = ([[2, 3], [2, 1]], x => Tensor.Concat(1, x[0], x[1])),
        ["Gather"] = ([[4, 3]], x => x[0].Gather(x[0].Detached.Scale(0).Sum(0, 1).Shift(2).Reshape(1).Expand(2, 2))),
        ["ScatterAdd"] = ([[2, 3]], x => x[0].ScatterAdd(x[0].Detached.Scale(0).Sum(1).Shift(1).Reshape(2), 4)),
        ["PatchEmbed"] = ([[2, 3, 4, 4], [5, 3, 2, 2]], x => x[0].PatchEmbed(x[1])),
        ["Attention"] = ([[2, 3, 4], [2, 5, 4], [2, 5, 4]], x => Tensor.Attention(x[0], x[1], x[2], 2, null)),
        ["Attention masked"] = ([[2, 3, 4], [2, 3, 4], [2, 3, 4]], x => Tensor.Attention(x[0], x[1], x[2], 2, Mask(x[0]))),
        ["Layer"] = ([[2, 4], [4, 3], [3]], x => Tensor.Layer(y => [(y[0].MatMul(x[1]) + x[2]).Gelu().Softmax()], x[0].Exp())[0] * x[2]),
        ["Layer of two results"] = ([[2, 4], [2, 4], [4]], x => TwoResults(x[0], x[1], x[2])),
        ["Layers in a row"] = ([[2, 4], [4, 4]], x => Tensor.Layer(Residual(x[1]), Tensor.Layer(Residual(x[1]), x[0]))[0] + x[0]),
        ["Layer within a layer"] = ([[2, 4], [4, 4]], x => Tensor.Layer(y => Tensor.Layer(Residual(x[1]), y[0].Sigmoid()), x[0])[0]),
        ["Layer of which one result is used"] = ([[2, 4], [4]], x => Tensor.Layer(y => [y[0].Exp(), y[0] * x[1]], x[0])[1]),
        ["Layer that changes nothing"] = ([[2, 4], [2, 4]], x => Tensor.Layer(y => [y[1], y[0]], x[0], x[1])[0].Exp() + x[0]),
        ["Layer of a captured value"] = ([[2, 4], [2, 4]], x => Captured(x[0].Exp(), x[1])),
        ["After"] = ([[2, 3], [3]], x => x[0].After(x[1]).Exp() * x[1]),
        ["AbsorbedAttention"] = ([[2, 3, 4], [2, 5, 4], [4, 4], [4, 4]], x => Tensor.AbsorbedAttention(x[0], x[1], x[2], x[3], 2)),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Derivative_OfAnOperation_EqualsFiniteDifferences(string operation)
    {
        var (shapes, run) = Operations[operation];
        var random = new Random(7);
        var inputs = shapes.Select(shape => ArrayTensor.Zeros(shape)).ToArray();
        foreach (var input in inputs)
            Fill(input.Data, random);

        // Weights of the result's elements, so that no symmetry hides a wrong gradient.
        var weights = ArrayTensor.Zeros(run(Constants(inputs)).Value.Sizes);
        Fill(weights.Data, random);
        var gradients = Gradients(run, inputs, weights, recompute: false);
        var again = Gradients(run, inputs, weights, recompute: true);

        for (var i = 0; i < inputs.Length; i++)
        {
            Assert.Equal(inputs[i].Sizes, gradients[i]!.Sizes);
            Assert.Equal(gradients[i]!.Data, again[i]!.Data);
            for (var at = 0; at < inputs[i].Data.Length; at++)
            {
                var slope = (Moved(Step) - Moved(-Step)) / (2 * Step);
                Assert.Equal(slope, gradients[i]!.Data[at], Tolerance * Math.Max(1, Math.Abs(slope)));

                double Moved(double by)
                {
                    var (input, kept) = (inputs[i].Data, inputs[i].Data[at]);
                    input[at] += by;
                    var sum = run(Constants(inputs)).Value.Data.Zip(weights.Data, (x, w) => x * w).Sum();
                    input[at] = kept;
                    return sum;
                }
            }
        }
    }

    [Fact]
    public void Gradients_OfAnUnusedVariable_AreNull()
    {
        var tape = new GradientTape<ArrayTensor>();
        var (used, unused) = (tape.Variable(new([1], [3])), tape.Variable(new([1], [4])));

        var gradients = tape.Gradients(used * used + unused.Detached, [used, unused]);

        Assert.Equal(6, gradients[0]!.Data[0]);
        Assert.Null(gradients[1]);
    }

    [Fact]
    public void Gradients_OfMoreThanOneNumber_AreRefused()
    {
        var tape = new GradientTape<ArrayTensor>();
        var variable = tape.Variable(new([2], [3, 4]));

        Assert.Throws<ShapeException>(() => tape.Gradients(variable, [variable]));
    }

    static IReadOnlyList<ArrayTensor?> Gradients(Func<Tensor[], Tensor> run, ArrayTensor[] inputs, ArrayTensor weights, bool recompute)
    {
        var tape = new GradientTape<ArrayTensor> { Recompute = recompute };
        var variables = inputs.Select(tape.Variable).ToArray();
        return tape.Gradients(Weighted(run(variables), tape.Constant(weights)), variables);
    }

    static Func<Tensor[], Tensor[]> Residual(Tensor weight) => x => [x[0] + x[0].MatMul(weight).Sigmoid()];

    static Tensor TwoResults(Tensor left, Tensor right, Tensor factor)
    {
        var both = Tensor.Layer(x => [x[0] * x[1], (x[1] * factor).Exp()], left, right);
        return both[0] / both[1] + both[0];
    }

    static Tensor Captured(Tensor outside, Tensor input) => Tensor.Layer(x => [x[0] * outside, x[0]], input)[0] + outside;

    static Tensor[] Constants(ArrayTensor[] inputs) => [.. inputs.Select(new GradientTape<ArrayTensor>().Constant)];

    static Tensor Weighted(Tensor result, Tensor weights) => (result * weights).Sum([.. Enumerable.Range(0, result.Shape.Rank)]);

    static Tensor Mask(Tensor like) => like.Detached.Scale(0).Sum(2).Reshape(2, 3).Shift(1) - Tensor.Concat(1, Ones(like, 0), Ones(like, 0), Ones(like, 1));

    static Tensor Ones(Tensor like, float value) => like.Detached.Scale(0).Sum(1, 2).Reshape(2, 1).Shift(value);

    static void Fill(double[] data, Random random)
    {
        for (var i = 0; i < data.Length; i++)
            data[i] = 2 * random.NextDouble() - 1;
    }
}
