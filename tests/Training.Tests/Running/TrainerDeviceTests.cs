using MplugCluster.Model.Inference;
using MplugCluster.Training.Data;
using MplugCluster.Training.Running;
using MplugCluster.Training.Steps;

namespace MplugCluster.Training.Tests.Running;

/// <summary>Runs and the device that they are on.</summary>
public sealed class TrainerDeviceTests : TinyRuns
{
    [Fact]
    public void Run_StateApartFromTheHostCutOffAndResumed_TheSameWeightsAsNear()
    {
        var whole = Run(Options("whole") with { ValidationFile = folder.File("val.json") });
        var options = Options("cut") with { ValidationFile = folder.File("val.json") };
        options = options with { Step = options.Step with { Engine = options.Step.Engine with { AsGpu = true } } };
        using var cut = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(options, new At(4, cut.Cancel), cut.Token));

        AssertSame(whole, Run(options with { Resume = true }));
    }

    [Fact]
    public void Run_DeviceOutOfMemory_LeavesTheStateBeforeToResume()
    {
        var whole = Run(Options("whole") with { StateSteps = 1 });
        var options = Options("w") with { StateSteps = 1 };
        var steps = 0;
        var engine = options.Step.Engine with { BeforeRun = (_, _) => _ = ++steps == 3 ? throw new InvalidOperationException("CUDA error: out of memory") : 0 };

        var error = Assert.Throws<TrainingMemoryException>(() => Run(options with { Step = options.Step with { Engine = engine } }));

        Assert.Contains("CUDA error: out of memory. Use a smaller --batch", error.Message);
        AssertSame(whole, Run(options with { Resume = true }));
    }

    [Fact]
    public void CheckDevice_WithoutIt_SaysWhatIsMissing()
    {
        Trainer.CheckDevice(new EngineOptions());

        Assert.StartsWith(
            "Device cuda:0 needs ONNX Runtime with CUDAExecutionProvider, but this build offers only ",
            Assert.Throws<DeviceUnavailableException>(() => Trainer.CheckDevice(new EngineOptions { Device = DeviceName.Parse("cuda:0") })).Message);
    }

    [Fact]
    public void Settings_AnotherKindOfDevice_AreOfAnotherRun()
    {
        using var model = TrainedModel.Open(Golden);
        var set = TrainingSet.Load([folder.File("train.json")], "/");

        Assert.Equal(On("cuda:0"), On("cuda:1"));
        Assert.NotEqual(On("cpu"), On("cuda:0"));

        string On(string device)
        {
            var options = Options("w");
            return RunSettings.Of(
                model, options with { Step = options.Step with { Engine = new EngineOptions { Device = DeviceName.Parse(device) } } }, set, model.Convention);
        }
    }
}
