using System.ComponentModel;
using System.Diagnostics;

namespace MplugCluster.Cuda.Tests.StandIn;

/// <summary>The machine's C compiler.</summary>
static class CCompiler
{
    static readonly Lazy<string?> Found = new(() => new[] { "gcc", "cc" }.FirstOrDefault(name =>
    {
        try
        {
            return Run(name, "--version").ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }));

    /// <summary>Its name; null: there is none.</summary>
    public static string? Find() => Found.Value;

    /// <summary>Compiles a shared library, whose functions are versioned by its name as those of the real one are.</summary>
    public static void Library(string compiler, string[] sources, string name, string library)
    {
        var (exitCode, complaint) = Run(
            compiler, ["-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-pthread", $"-Wl,-soname,{name}", "-Wl,--default-symver", .. sources, "-o", library]);
        Assert.True(exitCode == 0, $"{compiler} cannot compile {string.Join(", ", sources)}: {complaint}");
    }

    static (int ExitCode, string Complaint) Run(string compiler, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, complaint);
    }
}
