using Microsoft.ML.OnnxRuntime;
using MplugCluster.Cuda.Tests.StandIn;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(StandInCuda))]

namespace MplugCluster.Cuda.Tests;

/// <summary>
/// Tests of ONNX Runtime's own CUDA provider where there is no GPU: of all that is not numbers. Each has the device to itself, and leaves nothing on it.
/// </summary>
public abstract class CudaTests : IDisposable
{
    /// <summary>Bytes that a device has.</summary>
    protected const long Memory = 8L << 30;

    readonly TemporaryFolder folder = new();

    protected CudaTests(StandInCuda cuda)
    {
        Cuda = cuda;
        Begin(cuda);
    }

    /// <summary>The device.</summary>
    protected StandInCuda Cuda { get; }

    /// <summary>Its name.</summary>
    private protected static DeviceName Device { get; } = DeviceName.Parse("cuda:0");

    /// <summary>A file of the test's own.</summary>
    protected string File(string name) => folder.File(name);

    /// <summary>A golden set's checkpoint as a package.</summary>
    private protected ModelPackage Import(string set, Precision precision = Precision.Fp32)
    {
        var directory = File($"{set}-{precision}");
        PackageBuilder.Import(Repository.Golden(set), directory, precision: precision);
        return ModelPackage.Open(directory);
    }

    /// <summary>Gives a test the device; skips it where there is none.</summary>
    internal static void Begin(StandInCuda cuda)
    {
        Need(cuda.Hindrance ?? ProviderHindrance());
        cuda.Begin(Memory, devices: 1);
    }

    /// <summary>Asserts that nothing is left on the device, and that nothing was done to it that may not be.</summary>
    internal static void AssertLeftClean(StandInCuda cuda)
    {
        Assert.Equal("", cuda.LastFault);
        Assert.Equal(0, cuda.Log.Faults);
        Assert.Equal((0, 0), (cuda.Log.LiveBytes, cuda.Log.HostBlocks));
    }

    /// <summary>Skips the test where it cannot run; in CI it has to.</summary>
    internal static void Need(string? hindrance)
    {
        if (hindrance is not null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"CI cannot do without this test: {hindrance}.");
        Assert.SkipWhen(hindrance is not null, $"{hindrance}.");
    }

    public virtual void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
        AssertLeftClean(Cuda);
    }

    static string? ProviderHindrance()
    {
        // The runtime's environment is made once: the product would not get its own after us.
        OnnxRuntimeEnvironment.Ensure(new EngineOptions());
        return OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider") ? null : "this is not a build with -p:OnnxRuntime=Gpu";
    }
}
