using System.Diagnostics;
using System.Text.RegularExpressions;
using MplugCluster.Grains.Corpora.Kernels;

namespace MplugCluster.Cluster.Tests.Corpora;

/// <summary>The tests of searches once more in a process that is denied a part of what this processor can do.</summary>
public sealed class KernelFallbackTests
{
    const string ExpectedKernels = "MPLUG_TEST_EXPECTED_KERNELS";

    [Theory]
    [InlineData("EnableAVX512", nameof(Avx2ByteKernel), nameof(FmaSimilarityKernel))]
    [InlineData("EnableHWIntrinsic", nameof(ScalarByteKernel), nameof(ScalarSimilarityKernel))]
    public async Task Search_ProcessorThatCanLess_SameResults(string setting, string byteKernel, string kernel)
    {
        if (!SimilarityKernels.Supported.Any(supported => supported.GetType().Name == kernel))
            Assert.Skip("This processor has none of what is to be taken away.");
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(KernelFallbackTests).Assembly.Location, null)) { RedirectStandardOutput = true };
        foreach (var tests in new[]
        {
            $"*.{nameof(SimilarityKernelTests)}.*", $"*.{nameof(EmbeddingShardTests)}.*", $"*.{nameof(Kernels_InThisProcess_AreTheExpected)}",
        })
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add(tests);
        }

        start.Environment[$"DOTNET_{setting}"] = "0";
        start.Environment[ExpectedKernels] = $"{byteKernel} {kernel}";

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, output);
        Assert.InRange(int.Parse(Regex.Match(output, @"Total: (\d+)").Groups[1].Value), 25, int.MaxValue);
    }

    [Fact]
    public void Kernels_InThisProcess_AreTheExpected()
    {
        if (Environment.GetEnvironmentVariable(ExpectedKernels) is { } expected)
            Assert.Equal(expected, $"{ByteKernels.Fastest.GetType().Name} {SimilarityKernels.Supported[0].GetType().Name}");
    }
}
