using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Steps;

public sealed class DropoutTests
{
    [Fact]
    public void Masks_OfTwoSites_DropTheShareThatIsAskedFor()
    {
        const int Rows = 400, Length = 25;
        var graph = new OnnxGraph("dropout");
        var sites = new DropoutSites(graph, 0.2);
        graph.Input("x", OnnxType.Float, Dim.Symbol("T"));
        graph.Output("a", sites.HiddenMask(new Shape(Rows, Dim.Symbol("T"))));
        graph.Output("b", sites.HiddenMask(new Shape(Rows, Dim.Symbol("T"))));
        using var bound = new BoundGraph(graph, new EngineOptions());
        using var memory = new HostMemory(3 * Rows * Length * sizeof(float));
        using var inputs = sites.Inputs(Length, seed: 5);
        var (a, b, size) = (0, Rows * Length * sizeof(float), Rows * Length);

        bound.Run(
            [.. inputs.Tensors, new("x", memory.View(2 * b, OnnxType.Float, Length))],
            [new("a", memory.View(a, OnnxType.Float, Rows, Length)), new("b", memory.View(b, OnnxType.Float, Rows, Length))]);

        var (first, second) = (memory.Span<float>(a, size).ToArray(), memory.Span<float>(b, size).ToArray());
        Assert.All(first.Concat(second), value => Assert.True(value is 0 or 1.25f));
        Assert.Equal(0.2, first.Count(value => value == 0) / (double)size, 0.02);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Run_WithDropout_FollowsItsSeed()
    {
        using var golden = new GoldenSteps("tiny-stride3");
        var options = golden.Options with { Dropout = 0.1 };

        Assert.Equal(Loss(golden, options, seed: 1), Loss(golden, options, seed: 1));
        Assert.NotEqual(Loss(golden, options, seed: 1), Loss(golden, options, seed: 2));
        Assert.NotEqual(Loss(golden, golden.Options, seed: 1), Loss(golden, options, seed: 1));
    }

    [Theory]
    [InlineData("tiny-stride3", 0.1)]
    [InlineData("tiny-stride6", 0)]
    public void Gradient_OfAWholeStep_IsTheSlopeOfItsLoss(string set, double dropout)
    {
        // Along its own direction a gradient's slope is its length. Weights of every encoder; float32 allows no smaller step.
        const float Step = 2e-3f;
        using var golden = new GoldenSteps(set);
        using var step = golden.Begin(golden.Options with { Dropout = dropout, Momentum = 1 });
        var rates = golden.Rates with { Alpha = 0, Rate = 0, VisionRate = 0 };
        var batch = golden.Batch(0) with { DropoutSeed = 3 };
        foreach (var name in (string[])["vision_proj.weight", "visn_fc.weight", "text_encoder.encoder.layer.1.output.dense.weight", "itm_head.weight",
            "fusion_encoder.encoder.layer.5.intermediate.dense.weight"])
        {
            step.Load(golden.Checkpoint);
            step.Run([batch], rates);
            var gradient = step.Gradient(name);
            var length = Math.Sqrt(gradient.Sum(value => (double)value * value));
            var slope = (LossAt(Step) - LossAt(-Step)) / (2 * Step);

            Assert.Equal(length, slope, 0.03 * length);

            double LossAt(float by)
            {
                step.Load(golden.Checkpoint);
                var weight = step.State.Weight(step.State.Layout.Places.First(place => place.Name == name));
                weight.Write([.. weight.ToArray().Select((value, i) => value + (float)(by * gradient[i] / length))]);
                return step.Run([batch], rates).Loss;
            }
        }
    }

    static double Loss(GoldenSteps golden, StepOptions options, int seed)
    {
        using var step = golden.Begin(options);
        return step.Run([golden.Batch(0) with { DropoutSeed = seed }], golden.Rates).Loss;
    }
}
