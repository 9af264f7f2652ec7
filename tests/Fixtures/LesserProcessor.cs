using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MplugCluster.Tests;

/// <summary>Runs tests of this program once more in a process that is denied a part of what the processor can do.</summary>
static class LesserProcessor
{
    /// <summary>Fewest tests that such a run must have found: a filter that matches none would pass.</summary>
    const int LeastTests = 25;

    const string ExpectedVariable = "MPLUG_TEST_EXPECTED_KERNELS";

    /// <summary>In such a process, the kernels that it must have chosen; elsewhere null.</summary>
    public static string? ExpectedKernels => Environment.GetEnvironmentVariable(ExpectedVariable);

    /// <summary>Runs tests and asserts that they passed.</summary>
    /// <param name="setting">What is switched off: a runtime setting without its prefix, such as <c>EnableAVX2</c>.</param>
    /// <param name="expectedKernels">What <see cref="ExpectedKernels"/> is there.</param>
    /// <param name="methods">The tests, as the runner's filter <c>-method</c> takes them.</param>
    public static async Task Run(string setting, string expectedKernels, params string[] methods)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(LesserProcessor).Assembly.Location, null)) { RedirectStandardOutput = true };
        foreach (var method in methods)
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add(method);
        }

        start.Environment[$"DOTNET_{setting}"] = "0";
        start.Environment[ExpectedVariable] = expectedKernels;

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, output);
        Assert.InRange(int.Parse(Regex.Match(output, @"Total: (\d+)").Groups[1].Value), LeastTests, int.MaxValue);
    }
}
