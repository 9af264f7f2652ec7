using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Steps;

/// <summary>Layers that run again in the backward pass change what a step needs, not what it gives.</summary>
public sealed class RecomputationTests
{
    public static TheoryData<string, double> Runs => [.. Repository.GoldenSets.SelectMany(set => new[] { 0, 0.1 }.Select(dropout => (set, dropout)))];

    [Theory, MemberData(nameof(Runs))]
    public void Steps_WithRecomputation_TheSameBits(string set, double dropout)
    {
        using var golden = new GoldenSteps(set);
        var options = golden.Options with { Dropout = dropout };
        using var plain = golden.Begin(options);
        using var again = golden.Begin(options with { Recompute = true });

        for (var number = 0; number < golden.Count; number++)
        {
            var batch = golden.Batch(number) with { DropoutSeed = 5 + number };
            Assert.Equal(plain.Run([batch], golden.Rates), again.Run([batch], golden.Rates));
            foreach (var place in plain.State.Layout.Places)
                Assert.True(plain.Gradient(place.Name).SequenceEqual(again.Gradient(place.Name)), $"gradient of {place.Name} in step {number + 1}");
        }

        Assert.Equal(Weights(plain), Weights(again));
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

    static float[] Weights(TrainingStep step) => step.State.Weights.Now.Span<float>(0, (int)step.State.Layout.Count).ToArray();
}
