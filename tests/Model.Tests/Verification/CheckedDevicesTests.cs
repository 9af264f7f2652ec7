using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;

namespace MplugCluster.Model.Tests.Verification;

/// <summary>GPUs have to compute what the processor does; the processor goes their ways here.</summary>
public sealed class CheckedDevicesTests
{
    static readonly DeviceName Gpu = DeviceName.Parse("cuda:0");

    readonly List<WrongEngine> opened = [];

    public static TheoryData<string> Sets => [.. Repository.GoldenSets];

    [Theory, MemberData(nameof(Sets))]
    public void Start_AGpuThatAgrees_Starts(string set)
    {
        using var folder = new TemporaryFolder();
        PackageBuilder.Import(Repository.Golden(set), folder.File("package"));
        var package = ModelPackage.Open(folder.File("package"));
        var devices = new CheckedDevices(device => new OnnxInferenceEngine(package, new EngineOptions { AsGpu = device != DeviceName.Cpu }), rounded: false);

        devices.Start(Gpu).Dispose();
    }

    [Theory]
    [InlineData(2e-4f, 0, 0, false)]
    [InlineData(0, 2e-4f, 0, false)]
    [InlineData(0, 0, 5e-2f, false)]
    [InlineData(1e-2f, 0, 0, true)]
    [InlineData(0, 1e-2f, 0, true)]
    [InlineData(0, 0, 0.5f, true)]
    [InlineData(float.NaN, 0, 0, true)]
    [InlineData(0, float.NaN, 0, true)]
    [InlineData(0, 0, float.NaN, true)]
    public void Start_AGpuWithOtherNumbers_RefusedAndGivenBack(float image, float text, float logit, bool rounded)
    {
        var devices = Devices((image, text, logit), rounded);

        var refused = Assert.Throws<DeviceUnavailableException>(() => devices.Start(Gpu));

        Assert.StartsWith("Device cuda:0 did not start: it computes other numbers than the processor: embeddings differ by up to ", refused.Message);
        Assert.Contains("Mplug__Device__GpuCheck=false", refused.Message);
        Assert.All(opened, engine => Assert.True(engine.Disposed));
    }

    [Theory]
    [InlineData(5e-5f, 5e-5f, 5e-4f, false)]
    [InlineData(3e-3f, 3e-3f, 1e-2f, true)]
    public void Start_AGpuThatRoundsOtherwise_Starts(float image, float text, float logit, bool rounded) =>
        Devices((image, text, logit), rounded).Start(Gpu).Dispose();

    [Fact]
    public void Start_SeveralGpus_TheProcessorComputesOnce()
    {
        var devices = Devices((0, 0, 0), rounded: false);
        IInferenceEngine[] gpus = [devices.Start(Gpu), devices.Start(DeviceName.Parse("cuda:1"))];

        Assert.Equal(3, opened.Count);
        Assert.Single(opened, engine => engine.Disposed);
        Assert.All(gpus, gpu => gpu.Dispose());
    }

    [Fact]
    public void Start_TheProcessor_NotCompared()
    {
        using var engine = Devices((0, 0, 0), rounded: false).Start(DeviceName.Cpu);

        Assert.Single(opened);
    }

    [Fact]
    public void Start_TheProcessorFails_SaysSoAndTheNextGpuTriesAgain()
    {
        var package = ModelPackage.Open(Repository.Scenes, checkContent: false);
        var failures = 1;
        var devices = new CheckedDevices(
            device => device == DeviceName.Cpu && failures-- > 0
                ? throw new InvalidOperationException("Failed to allocate memory.")
                : new OnnxInferenceEngine(package),
            rounded: false);

        var refused = Assert.Throws<DeviceUnavailableException>(() => devices.Start(Gpu));

        Assert.Equal(
            "Device cuda:0 did not start: it could not be compared with the processor, which failed: Failed to allocate memory. Mplug__Device__GpuCheck=false leaves the comparison out.",
            refused.Message);
        devices.Start(Gpu).Dispose();
    }

    [Fact]
    public void Start_ThePackageGivesNoNumbers_NoGpuIsBlamed()
    {
        var package = ModelPackage.Open(Repository.Scenes, checkContent: false);
        var devices = new CheckedDevices(_ => new WrongEngine(new OnnxInferenceEngine(package)) { Added = (float.NaN, 0, 0) }, rounded: false);

        Assert.Contains("its numbers of a made-up picture and texts are none (NaN)", Assert.Throws<DeviceUnavailableException>(() => devices.Start(Gpu)).Message);
    }

    CheckedDevices Devices((float, float, float) added, bool rounded)
    {
        var package = ModelPackage.Open(Repository.Scenes, checkContent: false);
        return new CheckedDevices(
            device =>
            {
                opened.Add(new WrongEngine(new OnnxInferenceEngine(package)) { Added = device == DeviceName.Cpu ? default : added });
                return opened[^1];
            },
            rounded);
    }
}
