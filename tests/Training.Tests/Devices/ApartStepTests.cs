using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Training.Steps;
using MplugCluster.Training.Tests.Steps;

namespace MplugCluster.Training.Tests.Devices;

/// <summary>Steps whose state lies apart from the host, as on a GPU; here with the processor's provider. The reference's numbers are checked with the others.</summary>
public sealed class ApartStepTests
{
    static readonly EngineOptions Apart = new() { AsGpu = true };

    [Theory]
    [InlineData("tiny-stride3", false)]
    [InlineData("tiny-stride6", true)]
    public void Run_StateApart_TheSameBits(string set, bool recompute)
    {
        using var golden = new GoldenSteps(set);
        var options = golden.Options with { Dropout = 0.1, Accumulate = 2, Recompute = recompute, MinTemperature = 0.0712 };
        using var near = golden.Begin(options);
        using var apart = golden.Begin(options with { Engine = Apart });

        for (var number = 0; number < 3; number++)
        {
            TrainingBatch[] batches = [golden.Batch(number % 2) with { DropoutSeed = number }, golden.Batch(2)];
            var (expected, found) = (near.Run(batches, golden.Rates), apart.Run(batches, golden.Rates));
            Assert.Equal((expected.ContrastiveLoss, expected.MatchingLoss), (found.ContrastiveLoss, found.MatchingLoss));

            // Weights begin at other places, so their squares are added up in another order.
            Assert.Equal(expected.GradientNorm, found.GradientNorm, 1e-6 * expected.GradientNorm);
            apart.Release();
        }

        Assert.Equal(near.State.Temperature, apart.State.Temperature);
        foreach (var (place, other) in near.State.Layout.Places.Zip(apart.State.Layout.Places))
            Assert.Equal(near.State.Weight(place).ToArray(), apart.State.Weight(other).ToArray());
        foreach (var (place, other) in near.State.Layout.Copied.Zip(apart.State.Layout.Copied))
            Assert.Equal(near.State.Copy(place).ToArray(), apart.State.Copy(other).ToArray());
        Assert.Equal(near.State.ImageQueue.ToArray(), apart.State.ImageQueue.ToArray());
        Assert.Equal(near.State.TextQueue.ToArray(), apart.State.TextQueue.ToArray());
        Assert.Equal(near.State.IdentityQueue.ToArray(), apart.State.IdentityQueue.ToArray());
        Assert.All(apart.State.Layout.Places, place => Assert.Equal(0, place.Offset * sizeof(float) % 256));
    }

    [Theory]
    [InlineData(false, "Use a smaller --batch, or --recompute; with --accumulate a step still learns from as many pairs.")]
    [InlineData(true, "Use a smaller --batch; with --accumulate a step still learns from as many pairs.")]
    public void Run_DeviceOutOfMemory_SaysWhatTakesLess(bool recompute, string advice)
    {
        using var golden = new GoldenSteps("tiny-stride6");
        var engine = new EngineOptions { BeforeRun = (_, _) => throw new InvalidOperationException("Failed to allocate memory for requested buffer of size 7.") };
        using var step = golden.Begin(golden.Options with { Recompute = recompute, Engine = engine });

        var error = Assert.Throws<TrainingMemoryException>(() => step.Run([golden.Batch(0)], golden.Rates));

        Assert.Equal(
            $"Device cpu has not enough memory to train with batches of 2 pairs: Failed to allocate memory for requested buffer of size 7. {advice}", error.Message);
    }

    [Fact]
    public void Run_AnotherFailureOfTheDevice_IsNotTakenForWantOfMemory()
    {
        using var golden = new GoldenSteps("tiny-stride6");
        using var step = golden.Begin(golden.Options with { Engine = new EngineOptions { BeforeRun = (_, _) => throw new InvalidOperationException("CUDA error 700") } });

        Assert.False(MemoryFaults.Is(Assert.Throws<InvalidOperationException>(() => step.Run([golden.Batch(0)], golden.Rates))));
    }
}
