using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Training.Steps;
using MplugCluster.Training.Tests.Steps;

namespace MplugCluster.Cuda.Tests;

/// <summary>Training on a GPU.</summary>
public sealed class TrainingTests(StandInCuda cuda) : CudaTests(cuda)
{
    [CudaTheory]
    [InlineData("tiny-base", false, 1, 0)]
    [InlineData("tiny-stride3", true, 1, 0)]
    [InlineData("tiny-stride3", true, 2, 0.1)]
    [InlineData("tiny-stride6", false, 2, 0.1)]
    public void Run_StepsAndAnEvaluationBetween_OnTheGpuAlone(string set, bool recompute, int accumulate, double dropout)
    {
        using var golden = new GoldenSteps(set);
        var options = golden.Options with
        {
            Recompute = recompute,
            Accumulate = accumulate,
            Dropout = dropout,
            Engine = new EngineOptions { Device = Device, Profiles = File("") },
        };
        TrainingBatch[] batches = [.. Enumerable.Range(0, accumulate).Select(golden.Batch)];
        using (var step = golden.Begin(options))
        {
            Assert.True(step.Run(batches, golden.Rates).IsFinite);
            step.Release();
            using (var engine = new OnnxInferenceEngine(Import(set), new EngineOptions { Device = Device }))
                Assert.Empty(engine.Remarks);
            Assert.True(step.Run(batches, golden.Rates).IsFinite);
        }

        Assert.InRange(Cuda.Log.Launches, 100, long.MaxValue);
        var profiles = new Profiles(File(""));
        Assert.Contains("LayerNormalization", profiles.OnCuda);
        Assert.Empty(profiles.Elsewhere);
    }
}
