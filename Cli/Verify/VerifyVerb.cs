using System.CommandLine;
using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Models;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Verification;
using MplugCluster.Silo.Hosting;
using Spectre.Console;

namespace MplugCluster.Cli.Verify;

/// <summary><c>mplug verify</c>: the package's numbers beside the reference's, stage by stage.</summary>
static class VerifyVerb
{
    static readonly Argument<string> Package = new("package") { Description = "Model package or checkpoint directory." };

    static readonly Option<string?> Golden = new("--golden")
    {
        Description = "Reference set: a directory with expected/, as tests/golden/* of the repository.",
        HelpName = "dir",
    };

    static readonly Option<string?> Against = new("--against")
    {
        Description = "Instead of a reference set: another package, as the fp32 one that an int8 package was made beside.",
        HelpName = "package",
    };

    static readonly Option<string?> Annotations = new("--annotations")
    {
        Description = "With --against: pictures and captions, as eval takes them.",
        HelpName = "file",
    };

    static readonly Option<string?> Images = new("--images")
    {
        Description = "With --against: what the pictures' paths are relative to.",
        HelpName = "root",
    };

    static readonly Option<string> Device = DeviceFlag.Of("where the package runs; --against's always runs on cpu.");

    const string Usage = "verify takes either --golden <dir>, or --against <package> with --annotations <file> and --images <root>.";

    public static Command Create() => new Command("verify", "Compare a package with the reference's numbers")
    {
        Package, Golden, Against, Annotations, Images, Device,
    }.Example(
        "mplug verify ~/mplug-large --golden ~/reference-numbers",
        "mplug verify ~/mplug-large --device cuda:0 --against ~/mplug-large --annotations captions.json --images ~/Pictures").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (other, annotations, images) = (parsed.GetValue(Against), parsed.GetValue(Annotations), parsed.GetValue(Images));
        var engine = ServedModel.EngineOn(DeviceFlag.Read(parsed, Device).ToString(), UserSettings.Read(parsed).Device);
        if (parsed.GetValue(Golden) is not { } golden)
        {
            return other is not null && annotations is not null && images is not null
                ? await AccuracyReport.Run(parsed.GetRequiredValue(Package), other, annotations, images, engine, terminal, cancellation)
                : throw new UsageException(Usage);
        }

        if (other is not null || annotations is not null || images is not null)
            throw new UsageException(Usage);
        InputPath.Folder(golden, "reference set");
        var package = ModelPackage.Open(await ModelLocator.Find(parsed.GetRequiredValue(Package), terminal));
        var checks = await terminal.Wait("Comparing", () => Task.Run(() => GoldenVerifier.Verify(package, golden, engine).ToList(), cancellation));
        var failed = checks.Count(check => !check.Passed);
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                passed = failed == 0,
                checks = checks.Select(check => new
                {
                    quantity = check.Quantity,
                    max_difference = double.IsFinite(check.MaxDifference) ? check.MaxDifference : (double?)null,
                    tolerance = check.Tolerance,
                    passed = check.Passed,
                }),
            });
        }
        else
        {
            terminal.Out.Write(TableOf(checks));
            terminal.Line($"{checks.Count - failed} of {checks.Count} within tolerance");
        }

        return failed == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    static Table TableOf(IEnumerable<GoldenCheck> checks)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("quantity").AddColumn(new TableColumn("max difference").RightAligned())
            .AddColumn(new TableColumn("tolerance").RightAligned()).AddColumn("");
        foreach (var check in checks)
        {
            table.AddRow(
                Markup.Escape(check.Quantity),
                check.MaxDifference.ToString("0.0e+00", CultureInfo.InvariantCulture),
                check.Tolerance.ToString("0.0e+00", CultureInfo.InvariantCulture),
                check.Passed ? "ok" : "[red]FAILED[/]");
        }

        return table;
    }
}
