using System.CommandLine;
using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using Spectre.Console;

namespace MplugCluster.Cli.Calibrate;

/// <summary><c>mplug calibrate</c>: measures which batch sizes suit a package on a device, and keeps them in the package's directory.</summary>
static class CalibrateVerb
{
    static readonly Option<string?> Devices = new("--devices")
    {
        Description = "Devices, separated by commas: cpu, cuda:0. Default: Mplug__Device__Devices, else cpu.",
        HelpName = "devices",
    };

    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Measure and print, and write nothing." };

    public static Command Create() => new Command("calibrate", "Measure which batch sizes suit a model on this machine, and keep them beside it")
    {
        CommonFlags.Model, Devices, DryRun,
    }.Example("mplug calibrate --model ~/mplug-large").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var settings = UserSettings.Read(parsed).Device;
        settings = settings with { Devices = parsed.GetValue(Devices) ?? settings.Devices };
        var engines = settings.Names.Select(name => Parsed(name, () => ServedModel.EngineOn(name, settings))).ToArray();
        if (engines.Length == 0)
            throw new UsageException($"calibrate needs a device, and '{settings.Devices}' names none.");
        var package = ModelPackage.Open(await ModelLocator.Find(parsed.GetValue(CommonFlags.Model), terminal), checkContent: false);
        var (file, results, dryRun) = (new CalibrationFile(package.Directory), new List<object>(), parsed.GetValue(DryRun));
        if (!dryRun)
            OutputPath.File(file.Path);
        foreach (var engine in engines)
        {
            var key = CalibrationKey.Of(engine.Device, engine.IntraOpThreads);
            var (sizes, rates) = await Measure(package, engine, terminal, cancellation);
            if (!dryRun)
                file.Write(key, sizes);
            if (terminal.Json)
                results.Add(Result(engine, key, sizes, rates));
            else
                Print(terminal, engine, key, rates);
        }

        if (terminal.Json)
            terminal.WriteJson(new { package = package.Directory, file = file.Path, written = !dryRun, devices = results });
        else
            terminal.Line(dryRun ? "Nothing was written." : $"Written to {file.Path}; silos read it when they start.");
        return ExitCodes.Ok;
    }

    static async Task<(BatchSizes, IReadOnlyList<BatchRate>)> Measure(
        ModelPackage package, EngineOptions engine, CommandTerminal terminal, CancellationToken cancellation)
    {
        (BatchSizes, IReadOnlyList<BatchRate>) measured = default;
        try
        {
            await terminal.Progress($"Measuring {engine.Device}", 1000, bar => Task.Run(
                () => measured = BatchCalibration.Measure(package, engine, new Reported(bar), cancellation), cancellation));
        }
        catch (Exception e) when (e is DeviceUnavailableException or DeviceMemoryException)
        {
            throw new InvalidDataException(e.Message, e);
        }

        return measured;
    }

    static EngineOptions Parsed(string name, Func<EngineOptions> engine)
    {
        try
        {
            return engine();
        }
        catch (FormatException e)
        {
            throw new UsageException($"--devices: {e.Message}");
        }
    }

    static object Result(EngineOptions engine, CalibrationKey key, BatchSizes sizes, IReadOnlyList<BatchRate> rates) => new
    {
        device = engine.Device.ToString(),
        provider = key.Provider,
        name = key.Device,
        threads = key.Threads,
        images = sizes.Images,
        text_tokens = sizes.TextTokens,
        pair_images = sizes.PairImages,
        rates = rates.Select(rate => new { work = rate.Work.ToString().ToLowerInvariant(), size = rate.Size, per_second = rate.PerSecond, chosen = rate.Chosen }),
    };

    static void Print(CommandTerminal terminal, EngineOptions engine, CalibrationKey key, IReadOnlyList<BatchRate> rates)
    {
        terminal.Line($"{engine.Device}: {key}");
        var table = new Table().Border(TableBorder.Simple).AddColumn("work").AddColumn(new TableColumn("in one run").RightAligned())
            .AddColumn(new TableColumn("a second").RightAligned()).AddColumn("");
        foreach (var rate in rates)
        {
            var (size, unit) = rate.Work switch
            {
                BatchWork.Images => (Counted.Of(rate.Size, "picture"), "pictures"),
                BatchWork.Texts => ($"{rate.Size} tokens", "texts"),
                _ => (Counted.Of(rate.Size, "picture"), "pairs"),
            };
            table.AddRow(
                rate.Work.ToString().ToLowerInvariant(),
                size,
                rate.PerSecond is { } speed ? $"{speed.ToString("0.0", CultureInfo.InvariantCulture)} {unit}" : "no memory",
                rate.Chosen ? "chosen" : "");
        }

        terminal.Out.Write(table);
    }

    sealed class Reported(Action<long> bar) : IProgress<(int Done, int Total)>
    {
        public void Report((int Done, int Total) value) => bar(1000L * value.Done / value.Total);
    }
}
