using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Training.Running;
using MplugCluster.Training.Tests.Running;

namespace MplugCluster.Cuda.Tests;

/// <summary>Whole training runs on a GPU, with evaluations and checkpoints.</summary>
public sealed class WholeRunTests : TinyRuns
{
    readonly StandInCuda cuda;

    public WholeRunTests(StandInCuda cuda)
    {
        this.cuda = cuda;
        CudaTests.Begin(cuda);
    }

    [CudaFact]
    public void Run_CutOffAndResumed_EndsAndLeavesNothingOnTheGpu()
    {
        var options = Options("w") with { ValidationFile = folder.File("val.json") };
        options = options with { Step = options.Step with { Dropout = 0.1, Engine = new EngineOptions { Device = DeviceName.Parse("cuda:0") } } };
        using var cut = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(options, new At(4, cut.Cancel), cut.Token));
        CudaTests.AssertLeftClean(cuda);

        var summary = Run(options with { Resume = true });

        Assert.InRange(summary.Steps, 5, long.MaxValue);
        Assert.True(Directory.Exists(summary.Package));
        CudaTests.AssertLeftClean(cuda);
    }

    [CudaFact]
    public void CheckDevice_Gpu_IsThere() => Trainer.CheckDevice(new EngineOptions { Device = DeviceName.Parse("cuda:0") });
}
