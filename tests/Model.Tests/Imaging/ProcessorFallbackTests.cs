using System.Diagnostics;
using System.Text.RegularExpressions;
using MplugCluster.Model.Imaging.Jpeg;
using MplugCluster.Model.Imaging.Resizing;

namespace MplugCluster.Model.Tests.Imaging;

/// <summary>The tests of pictures once more in a process that is denied a part of what this processor can do.</summary>
public sealed class ProcessorFallbackTests
{
    const string ExpectedKernel = "MPLUG_TEST_EXPECTED_RESAMPLE_KERNEL";

    [Theory]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public async Task Pictures_ProcessorThatCanLess_SamePixels(string setting)
    {
        Assert.SkipUnless(ResampleKernels.Fastest is Avx2Kernel, "this processor has none of what is to be taken away");
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(ProcessorFallbackTests).Assembly.Location, null)) { RedirectStandardOutput = true };
        foreach (var tests in new[]
        {
            $"*.{nameof(GoldenPictureTests)}.*", $"*.{nameof(PlainJpegTests)}.*", $"*.{nameof(ChannelNormalizationTests)}.*",
            $"*.{nameof(PillowBicubicTests)}.{nameof(PillowBicubicTests.Resize_PillowVectors_SameBytes)}", $"*.{nameof(Kernel_InThisProcess_IsTheExpected)}",
        })
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add(tests);
        }

        start.Environment[$"DOTNET_{setting}"] = "0";
        start.Environment[ExpectedKernel] = nameof(ScalarKernel);

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, output);
        Assert.InRange(int.Parse(Regex.Match(output, @"Total: (\d+)").Groups[1].Value), 25, int.MaxValue);
    }

    [Fact]
    public void Kernel_InThisProcess_IsTheExpected()
    {
        if (Environment.GetEnvironmentVariable(ExpectedKernel) is not { } expected)
            return;
        Assert.Equal(expected, ResampleKernels.Fastest.GetType().Name);
        Assert.False(PlainJpeg.IsSupported);
    }
}
