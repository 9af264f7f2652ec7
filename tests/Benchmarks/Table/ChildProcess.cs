using System.Diagnostics;

namespace MplugCluster.Benchmarks.Table;

/// <summary>Parts of the table that need a process of their own.</summary>
static class ChildProcess
{
    /// <summary>Runs this program with other arguments.</summary>
    /// <returns>The lines that it printed; null when it failed, and then it has said why on the error stream.</returns>
    public static string[]? Run(params string[] arguments)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        return child.ExitCode == 0 && lines.Length > 0 ? lines : null;
    }
}
