using MplugCluster.Model.Calibration;
using MplugCluster.Model.Packages;

namespace MplugCluster.Cli.Tests;

public sealed class CalibrateTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public CalibrateTests() => PackageBuilder.Import(Repository.Golden("tiny-base"), folder.File("p"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Calibrate_Package_RatesOfEverySizeAndAFileThatHoldsTheChosen()
    {
        var run = await CommandRun.Of("calibrate", "--model", folder.File("p"), "--json");

        Assert.Equal(0, run.Code);
        var device = Assert.Single(run.Json.GetProperty("devices").EnumerateArray());
        var key = new CalibrationKey("cpu", device.GetProperty("name").GetString()!, device.GetProperty("threads").GetInt32());
        var sizes = new CalibrationFile(folder.File("p")).Read(key)!;
        Assert.Equal(
            (sizes.Images, sizes.TextTokens, sizes.PairImages),
            (device.GetProperty("images").GetInt32(), device.GetProperty("text_tokens").GetInt32(), device.GetProperty("pair_images").GetInt32()));
        var rates = device.GetProperty("rates").EnumerateArray().ToArray();
        Assert.Equal((11, 3), (rates.Length, rates.Count(rate => rate.GetProperty("chosen").GetBoolean())));
        Assert.All(rates, rate => Assert.True(rate.GetProperty("per_second").GetDouble() > 0));
    }

    [Fact]
    public async Task Calibrate_DryRun_PrintsAndWritesNothing()
    {
        var run = await CommandRun.Of("calibrate", "--model", folder.File("p"), "--dry-run");

        Assert.Equal(0, run.Code);
        Assert.Contains("chosen", run.Output);
        Assert.EndsWith("Nothing was written.", run.Output.Trim());
        Assert.False(File.Exists(folder.File("p/calibration.json")));
    }

    [Theory]
    [InlineData("none", 2, "calibrate needs a device, and 'none' names none.")]
    [InlineData("gpu", 2, "--devices: 'gpu' is not a device; devices are 'cpu' and 'cuda:0', 'cuda:1', ...")]
    public async Task Calibrate_NoDevice_SaysSo(string devices, int code, string message)
    {
        var run = await CommandRun.Of("calibrate", "--model", folder.File("p"), "--devices", devices);

        Assert.Equal((code, message), (run.Code, run.Error.Trim()));
    }

    [Fact]
    public async Task Calibrate_GpuThatIsNotThere_SaysWhatIsMissing()
    {
        var run = await CommandRun.Of("calibrate", "--model", folder.File("p"), "--devices", "cuda:7");

        Assert.Equal(1, run.Code);
        Assert.StartsWith("Device cuda:7 ", run.Error);
    }
}
