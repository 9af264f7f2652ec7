using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;

namespace MplugCluster.Cuda.Tests;

/// <summary>A GPU that must not start to work.</summary>
public sealed class StartTests(StandInCuda cuda) : CudaTests(cuda)
{
    [CudaTheory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Fp16)]
    public void Start_GpuThatComputesNothing_Refused(Precision precision)
    {
        var package = Import("tiny-stride6", precision);
        var devices = new CheckedDevices(
            device => new OnnxInferenceEngine(package, new EngineOptions { Device = device }), rounded: precision == Precision.Fp16);

        var refused = Assert.Throws<DeviceUnavailableException>(() => devices.Start(Device));

        Assert.StartsWith("Device cuda:0 did not start: it computes other numbers than the processor: ", refused.Message);
    }

    [CudaFact]
    public void Start_MemoryIsNotEnough_LeavesNoProfile()
    {
        var package = Import("tiny-stride6");
        Cuda.SetMemory(3 << 20);
        var (before, temporary) = (Environment.GetEnvironmentVariable("TMPDIR"), File(""));
        Environment.SetEnvironmentVariable("TMPDIR", temporary);
        try
        {
            Assert.Throws<DeviceUnavailableException>(() => new OnnxInferenceEngine(package, new EngineOptions { Device = Device }));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }

        Assert.Empty(Directory.GetFiles(temporary));
    }
}
