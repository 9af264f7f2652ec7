using System.Diagnostics;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks.Table;

/// <summary>What a package's sessions need of memory once all of them have worked; a process of its own, because the system counts by process.</summary>
static class MemoryOf
{
    /// <summary>What that process does: prints kilobytes of VmHWM and RssAnon, and the milliseconds that opening took.</summary>
    public static int Package(string directory)
    {
        var package = ModelPackage.Open(directory, checkContent: false);
        var watch = Stopwatch.StartNew();
        using var engine = new OnnxInferenceEngine(package, new EngineOptions());
        var opened = watch.ElapsedMilliseconds;
        var input = new TableInput(package);
        var image = engine.EncodeImages([input.Pixels])[0];
        engine.ScorePairs([new PairGroup(image, engine.EncodeTexts(input.Texts))]);
        Console.WriteLine($"{Status("VmHWM")} {Status("RssAnon")} {opened}");
        return 0;
    }

    /// <summary>GB and seconds, as text.</summary>
    public static string Measure(string directory)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["table-memory", directory]) { RedirectStandardOutput = true })!;
        var numbers = child.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
        child.WaitForExit();
        return child.ExitCode == 0 && numbers.Length == 3
            ? FormattableString.Invariant($"VmHWM {double.Parse(numbers[0]) / 1e6:0.00} GB, RssAnon {double.Parse(numbers[1]) / 1e6:0.00} GB, sessions opened in {double.Parse(numbers[2]) / 1e3:0.0} s")
            : $"not measured (exit code {child.ExitCode})";
    }

    static string Status(string name) => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim()
        : "0";
}
