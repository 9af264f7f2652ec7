using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Steps;

/// <summary>Layers that run again in the backward pass change what a step needs, not what it gives. The reference's numbers are checked with the others.</summary>
public sealed class RecomputationTests
{
    public static TheoryData<string, double> Runs => [.. Repository.GoldenSets.SelectMany(set => new[] { 0, 0.1 }.Select(dropout => (set, dropout)))];

    [Theory, MemberData(nameof(Runs))]
    public void Step_WithRecomputation_TheSameLossesAndGradients(string set, double dropout)
    {
        using var golden = new GoldenSteps(set);
        var options = golden.Options with { Dropout = dropout };
        using var plain = golden.Begin(options);
        using var again = golden.Begin(options with { Recompute = true });
        var batch = golden.Batch(0) with { DropoutSeed = 5 };

        var (expected, found) = (plain.Run([batch], golden.Rates), again.Run([batch], golden.Rates));

        // The runtime may fuse the two graphs' operations differently, which leaves the rounding of float32.
        Assert.Equal(expected.ContrastiveLoss, found.ContrastiveLoss, 1e-6);
        Assert.Equal(expected.MatchingLoss, found.MatchingLoss, 1e-6);
        var tolerance = 2e-6 * expected.GradientNorm;
        foreach (var place in plain.State.Layout.Places)
        {
            var wanted = plain.Gradient(place.Name);
            var gradient = again.Gradient(place.Name);
            for (var i = 0; i < wanted.Length; i++)
                Assert.Equal(wanted[i], gradient[i], tolerance);
        }
    }

    [Fact]
    public void Step_NoNumberWithRecomputation_IsRefusedAsOtherwise()
    {
        using var golden = new GoldenSteps("tiny-stride6");
        using var step = golden.Begin(golden.Options with { Recompute = true });
        var batch = golden.Batch(0);
        batch.Pixels[0] = float.NaN;

        Assert.Contains("Step 1: loss_ita NaN", Assert.Throws<DivergedException>(() => step.Run([batch], golden.Rates)).Message);
    }
}
