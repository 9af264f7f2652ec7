using System.Diagnostics;
using System.Globalization;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Onnx;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks.Table;

/// <summary>What a package's sessions need of memory once all of them have worked; a process of its own, because the system counts by process.</summary>
static class MemoryOf
{
    /// <summary>Processes that open the image encoder, one after the other; their median counts.</summary>
    const int Openings = 3;

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

    /// <summary>What another process does: prints the milliseconds that opening the image encoder takes, the runtime's own start included.</summary>
    public static int Opening(string directory)
    {
        var package = ModelPackage.Open(directory, checkContent: false);
        var watch = Stopwatch.StartNew();
        using var sessions = new ImageEncoderSessions(package, new EngineOptions(), new PlacementWatch(false));
        SideBySide.Run(sessions.Parts, sessions.Parts, sessions.Open);
        Console.WriteLine($"{watch.ElapsedMilliseconds}");
        return 0;
    }

    /// <summary>The rows of the table.</summary>
    /// <param name="directory">The package.</param>
    /// <param name="precision">Its precision.</param>
    /// <param name="most">GB that all its sessions may need.</param>
    public static IEnumerable<string> Lines(string directory, string precision, double most)
    {
        var (gigabytes, seconds) = (new TableGoal(most, " GB", AtMost: true), new TableGoal(1, " s", AtMost: true));
        var numbers = ChildProcess.Run("table-memory", directory)?[^1].Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        yield return TableRow.Text(
            string.Create(CultureInfo.InvariantCulture, $"memory of all sessions after use, {Environment.ProcessorCount} threads, {precision} (RssAnon {numbers?[1] / 1e6:0.00} GB)"),
            "",
            "",
            gigabytes.Columns(numbers?[0] / 1e6));
        var openings = Enumerable.Range(0, Openings).Select(_ => ChildProcess.Run("table-load", directory)?[^1]).OfType<string>()
            .Select(line => double.Parse(line, CultureInfo.InvariantCulture)).Order().ToArray();
        double? median = openings.Length == Openings ? openings[Openings / 2] : null;
        yield return TableRow.Text($"image encoder opened, {precision}", "", $"{median:0}", seconds.Columns(median / 1e3));
        yield return TableRow.Text($"all sessions opened, {precision}", "", $"{numbers?[2]:0}", null);
    }

    static string Status(string name) => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "").Trim()
        : "0";
}
