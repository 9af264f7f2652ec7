using MplugCluster.Training.Optimization;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Steps;

public sealed class TrainingStepTests
{
    const string Set = "tiny-stride6";

    [Fact]
    public void Run_TwiceFromTheSameState_TheSameBits()
    {
        using var golden = new GoldenSteps(Set);

        Assert.Equal(WeightsAfter(golden, golden.Options, 2), WeightsAfter(golden, golden.Options, 2));
    }

    [Fact]
    public void Run_Accumulating_AveragesBatches()
    {
        // The second of two equal batches differs only by queue and momentum copies; without distillation and momentum only by the queue.
        using var golden = new GoldenSteps(Set);
        using var one = golden.Begin(golden.Options with { Momentum = 1 });
        using var two = golden.Begin(golden.Options with { Momentum = 1, Accumulate = 2 });
        var (first, second) = (golden.Batch(0), golden.Batch(1));
        using var other = golden.Begin(golden.Options with { Momentum = 1 });
        var rates = golden.Rates with { Rate = 0, VisionRate = 0 };

        var single = one.Run([first], rates);
        var gradient = one.Gradient("itm_head.weight");
        var next = one.Run([second], rates);
        var nextGradient = one.Gradient("itm_head.weight");
        var both = two.Run([first, second], rates);

        Assert.Equal((single.Loss + next.Loss) / 2, both.Loss, 1e-6);
        var moment = two.State.Layout.Places.First(place => place.Name == "itm_head.weight");
        var mean = two.State.AllFirst.ToArray().AsSpan((int)moment.Offset, moment.Count).ToArray();
        Assert.All(mean.Index(), pair => Assert.Equal(0.1 * (gradient[pair.Index] + nextGradient[pair.Index]) / 2, pair.Item, 1e-6));
    }

    [Fact]
    public void Run_Clipping_ShortensTheGradient()
    {
        using var golden = new GoldenSteps(Set);
        using var clipped = golden.Begin(golden.Options with { Optimizer = golden.Options.Optimizer with { ClipNorm = 0.5 } });

        var result = clipped.Run([golden.Batch(0)], golden.Rates);

        var moments = clipped.State.AllFirst.ToArray();
        Assert.True(result.GradientNorm > 0.5);
        Assert.Equal(0.1 * 0.5, Math.Sqrt(moments.Sum(value => (double)value * value)), 1e-5);
    }

    [Fact]
    public void Run_NoNumber_StopsBeforeAnyWeightMoves()
    {
        using var golden = new GoldenSteps(Set);
        using var step = golden.Begin();
        var before = step.State.AllWeights.ToArray();
        var batch = golden.Batch(0);
        batch.Pixels[0] = float.NaN;

        var error = Assert.Throws<DivergedException>(() => step.Run([batch], golden.Rates));

        Assert.Contains("Step 1: loss_ita NaN", error.Message);
        Assert.Contains("lower learning rate or --clip-norm", error.Message);
        Assert.Equal(before, step.State.AllWeights.ToArray());
    }

    [Fact]
    public void Run_OtherBatchSize_SaysWhatIsExpected()
    {
        using var golden = new GoldenSteps(Set);
        using var step = golden.Begin();

        Assert.Contains("A step takes 1 batches", Assert.Throws<ArgumentException>(() => step.Run([], golden.Rates)).Message);
        Assert.Contains(
            "pixels has", Assert.Throws<ArgumentException>(() => step.Run([golden.Batch(0) with { Pixels = new float[3] }], golden.Rates)).Message);
    }

    [Fact]
    public void Run_LowTemperature_IsHeldUp()
    {
        using var golden = new GoldenSteps(Set);
        using var step = golden.Begin(golden.Options with { MinTemperature = 0.2 });

        step.Run([golden.Batch(0)], golden.Rates);

        Assert.Equal(0.2f, step.State.Temperature);
    }

    static float[] WeightsAfter(GoldenSteps golden, StepOptions options, int steps)
    {
        using var step = golden.Begin(options);
        for (var number = 0; number < steps; number++)
            step.Run([golden.Batch(number)], golden.Rates);
        return step.State.AllWeights.ToArray();
    }
}
