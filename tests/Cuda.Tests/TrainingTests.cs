using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Training.Steps;
using MplugCluster.Training.Tests.Steps;

namespace MplugCluster.Cuda.Tests;

/// <summary>Training on a GPU.</summary>
public sealed class TrainingTests(StandInCuda cuda) : CudaTests(cuda)
{
    const int Pairs = 32;

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

    [CudaFact]
    public void New_StateThatDoesNotFit_SaysSo()
    {
        using var golden = new GoldenSteps("tiny-base");
        Cuda.SetMemory(1 << 20);

        Assert.Throws<TrainingMemoryException>(() => golden.Begin(OnCuda(golden)));
    }

    [CudaFact]
    public void Run_BatchThatDoesNotFit_SaysSoAndGoesOnWithMoreMemory()
    {
        using var golden = new GoldenSteps("tiny-base");
        using var step = golden.Begin(OnCuda(golden));
        Cuda.SetMemory(Cuda.Log.LiveBytes);

        var error = Assert.Throws<TrainingMemoryException>(() => step.Run([golden.Batch(0)], golden.Rates));

        Assert.StartsWith("Device cuda:0 has not enough memory to train with batches of 2 pairs: ", error.Message);
        Cuda.SetMemory(Memory);
        Assert.True(step.Run([golden.Batch(0)], golden.Rates).IsFinite);
    }

    [CudaFact]
    public void Run_Recompute_TakesLessMemory()
    {
        Assert.InRange(Peak(recompute: true), 1, Peak(recompute: false) * 9 / 10);

        long Peak(bool recompute)
        {
            using var golden = new GoldenSteps("tiny-base");
            using var step = golden.Begin(OnCuda(golden) with { Recompute = recompute, Batch = Pairs, Queue = Pairs });
            var state = Cuda.Log.LiveBytes;
            step.Run([Repeated(golden.Batch(0))], golden.Rates);
            return Cuda.Log.PeakBytes - state;
        }
    }

    static StepOptions OnCuda(GoldenSteps golden) => golden.Options with { Engine = new EngineOptions { Device = Device } };

    /// <summary>A batch of so many pairs, which are the same few.</summary>
    static TrainingBatch Repeated(TrainingBatch batch)
    {
        var times = Pairs / batch.Identities.Length;
        return new TrainingBatch
        {
            Pixels = Repeat(batch.Pixels),
            Ids = Repeat(batch.Ids),
            Mask = Repeat(batch.Mask),
            Identities = [.. Enumerable.Range(0, Pairs)],
            RandomImages = Repeat(batch.RandomImages),
            RandomTexts = Repeat(batch.RandomTexts),
        };

        T[] Repeat<T>(T[] numbers) => [.. Enumerable.Repeat(numbers, times).SelectMany(part => part)];
    }
}
