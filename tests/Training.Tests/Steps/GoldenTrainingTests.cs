using MplugCluster.Model.Inference;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Steps;

/// <summary>The reference's numbers of three optimiser steps, within the tolerances that the sets give.</summary>
public sealed class GoldenTrainingTests
{
    public static TheoryData<string> Sets => [.. Repository.GoldenSets];

    public static TheoryData<string, bool, bool> Runs =>
        [.. Repository.GoldenSets.SelectMany(set => new[] { (false, false), (true, false), (false, true) }.Select(run => (set, run.Item1, run.Item2)))];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Steps_OfTheReference_GiveItsNumbers(string set, bool recompute, bool apart)
    {
        using var golden = new GoldenSteps(set);
        using var step = golden.Begin(golden.Options with { Recompute = recompute, Engine = new EngineOptions { AsGpu = apart } });
        var state = step.State;

        for (var number = 0; number < golden.Count; number++)
        {
            var result = step.Run([golden.Batch(number)], golden.Rates);
            var (contrast, matching) = golden.Losses(number);
            var tolerance = golden.Tolerance(number == 0 ? "loss step 1" : "loss steps 2-3");
            Assert.Equal(contrast, result.ContrastiveLoss, tolerance);
            Assert.Equal(matching, result.MatchingLoss, tolerance);
            if (number == 0)
                CheckGradients(golden, step);
        }

        var places = state.Layout.Places.ToDictionary(place => place.Name);
        foreach (var (name, norm) in golden.Norms("param_norms_after_step3"))
            Assert.Equal(norm, Norm(state.Weight(places[name]).ToArray()), golden.Tolerance("parameter norm (relative)") * norm);
        var copies = state.Layout.Copied.ToDictionary(place => MomentumParameters.NameOf(place.Name));
        foreach (var (name, norm) in golden.Norms("momentum_param_norms_after_step3"))
            Assert.Equal(norm, Norm(state.Copy(copies[name]).ToArray()), golden.Tolerance("parameter norm (relative)") * norm);
        CheckQueues(golden, state);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Weights_OfTheStep_AreThoseWithGradientsInTheReference(string set)
    {
        using var golden = new GoldenSteps(set);
        using var step = golden.Begin();

        Assert.Empty(golden.Norms("grad_norms_step1").Select(entry => entry.Name).Except(step.State.Layout.Places.Select(place => place.Name)));
        Assert.Empty(golden.WithoutGradient.Intersect(step.State.Layout.Places.Select(place => place.Name)));
    }

    static void CheckGradients(GoldenSteps golden, TrainingStep step)
    {
        foreach (var (name, norm) in golden.Norms("grad_norms_step1"))
            Assert.Equal(norm, Norm(step.Gradient(name)), golden.Tolerance("grad norm (relative)") * norm);
        foreach (var name in golden.Gradients)
        {
            var wanted = golden.Array<float>($"grad_step1/{name}").Data;
            var found = step.Gradient(name);
            var tolerance = 0.002 * wanted.Max(Math.Abs);
            for (var i = 0; i < wanted.Length; i++)
                Assert.Equal(wanted[i], found[i], tolerance);
        }
    }

    static void CheckQueues(GoldenSteps golden, TrainingState state)
    {
        const double Tolerance = 1e-4;
        var queue = state.IdentityQueue.Count;
        Assert.Equal(golden.Array<long>("final_idx_queue").Data, state.IdentityQueue.ToArray());
        Assert.Equal(golden.Array<long>("final_queue_ptr").Data[0], state.QueueRow);
        foreach (var (name, rows) in ((string, float[])[])[("final_image_queue", state.ImageQueue.ToArray()), ("final_text_queue", state.TextQueue.ToArray())])
        {
            var columns = golden.Array<float>(name).Data;
            var width = columns.Length / queue;
            for (var i = 0; i < rows.Length; i++)
                Assert.Equal(columns[i % width * queue + i / width], rows[i], Tolerance);
        }
    }

    static double Norm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
