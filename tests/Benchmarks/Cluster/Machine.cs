using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>Where a figure was measured: it says little without.</summary>
static class Machine
{
    /// <summary>One line: processor, cores, load, system, commit.</summary>
    public static string Describe()
    {
        var processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processor ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, load {Load()}, "
            + $"{RuntimeInformation.FrameworkDescription}, commit {Commit()}");
    }

    /// <summary>The load of the last minute, as text.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>The processor, as a part of a file name.</summary>
    public static string FileName()
    {
        var name = new string([.. Describe().Split(',')[0].ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]);
        return string.Join('-', name.Split('-', StringSplitOptions.RemoveEmptyEntries));
    }

    static string Commit()
    {
        var commit = Git("rev-parse --short HEAD");
        return commit.Length == 0 ? "unknown" : Git("status --porcelain").Length == 0 ? commit : $"{commit} and changes";
    }

    static string Git(string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = AppContext.BaseDirectory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var answer = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer.Trim() : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // A machine without git has the program from somewhere else.
            return "";
        }
    }
}
