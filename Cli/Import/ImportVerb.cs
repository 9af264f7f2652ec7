using System.CommandLine;
using System.Diagnostics;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Terminal;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Packages;
using MplugCluster.Model.Text;

namespace MplugCluster.Cli.Import;

/// <summary><c>mplug import</c>: a published checkpoint becomes a model package.</summary>
static class ImportVerb
{
    static readonly Argument<string?> Checkpoint = new("checkpoint")
    {
        Description = "Checkpoint directory (config.yaml, its bert_config, vocab.txt, weights), or a weight file in one.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    static readonly Option<string> Out = new("--out") { Description = "The package to write; a new directory.", HelpName = "dir", Required = true };

    static readonly Option<string?> Random = new("--random")
    {
        Description = "Instead of a checkpoint: random weights for the configuration in this directory. For benchmarks; scores mean nothing.",
        HelpName = "config dir",
    };

    static readonly Option<int> Seed = new("--seed") { Description = "With --random: same seed, same weights.", DefaultValueFactory = _ => 1 };

    static readonly Option<string> FeaturePrecisionName = Named();

    static readonly Option<string> PrecisionName = Weights();

    public static Command Create() => new Command("import", "Make a model package from a published checkpoint")
    {
        Checkpoint, Out, Random, Seed, CommonFlags.Convention, PrecisionName, FeaturePrecisionName,
    }.Example("mplug import ~/mplug_image-text-retrieval_flickr30k_large_en --out ~/mplug-large").Does(Run);

    static async Task<int> Run(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (checkpoint, random, target) = (parsed.GetValue(Checkpoint), parsed.GetValue(Random), parsed.GetRequiredValue(Out));
        if (checkpoint is null == random is null)
            throw new UsageException("import takes either a checkpoint or --random <config dir>.");
        InputPath.Model(random ?? checkpoint!, random is null ? $"There is no checkpoint '{checkpoint}'." : $"There is no folder '{random}'.");
        OutputPath.Folder(target, "a package is written");
        TextConvention? convention = TextConventions.TryParse(parsed.GetValue(CommonFlags.Convention), out var named) ? named : null;
        FeaturePrecisions.TryParse(parsed.GetValue(FeaturePrecisionName), out var featurePrecision);
        Precisions.TryParse(parsed.GetValue(PrecisionName), out var precision);
        var watch = Stopwatch.StartNew();
        ImportReport? report = null;
        await terminal.Progress("Writing weights", 1000, bar => Task.Run(
            () =>
            {
                var progress = new WeightProgress(bar, cancellation);
                if (random is not null)
                    PackageBuilder.Random(random, target, parsed.GetValue(Seed), progress, featurePrecision, precision);
                else
                    report = PackageBuilder.Import(checkpoint!, target, convention, progress, featurePrecision, precision);
            },
            cancellation));
        var package = ModelPackage.Open(target, checkContent: false);
        Report(terminal, package, report, watch.Elapsed);
        return ExitCodes.Ok;
    }

    static Option<string> Weights()
    {
        var option = new Option<string>("--precision")
        {
            Description = "int8, for processors, keeps linear layers in a quarter of the bytes and scores faster; fp16, for GPUs, halves the bytes. "
                + "Both give slightly other numbers and have fingerprints of their own.",
            DefaultValueFactory = _ => Precision.Fp32.Name(),
        };
        option.AcceptOnlyFromAmong(Precision.Fp32.Name(), Precision.Fp16.Name(), Precision.Int8.Name());
        return option;
    }

    static Option<string> Named()
    {
        var option = new Option<string>("--feature-precision")
        {
            Description = "fp16 keeps image tokens in half the bytes, for slightly other ITM logits; such a package has a fingerprint of its own.",
            DefaultValueFactory = _ => FeaturePrecision.Fp32.Name(),
        };
        option.AcceptOnlyFromAmong(FeaturePrecision.Fp32.Name(), FeaturePrecision.Fp16.Name());
        return option;
    }

    static void Report(CommandTerminal terminal, ModelPackage package, ImportReport? report, TimeSpan elapsed)
    {
        var bytes = package.Manifest.Files.Sum(file => file.Bytes);
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                package = package.Directory,
                fingerprint = package.Fingerprint,
                convention = package.Convention.Name(),
                precision = package.Manifest.Precision.Name(),
                feature_precision = package.Manifest.FeaturePrecision.Name(),
                bytes,
                seconds = elapsed.TotalSeconds,
                used = report?.Used.Count,
                ignored = report?.Ignored.Select(tensor => new { name = tensor.Name, shape = tensor.Shape }),
            });
            return;
        }

        terminal.Line($"{package.Directory}: {bytes / 1e6:0.0} MB, convention {package.Convention.Name()}, weights {package.Manifest.Precision.Name()}, features {package.Manifest.FeaturePrecision.Name()}, fingerprint {package.Fingerprint}");
        if (report is not null)
        {
            terminal.Line(
                $"{report.Used.Count} tensors used, {report.Ignored.Count} ignored (momentum copies, queues and unused towers; --json lists them)");
        }
    }

    /// <summary>Bytes written, as a share of 1,000; also where Ctrl+C is noticed.</summary>
    sealed class WeightProgress(Action<long> bar, CancellationToken cancellation) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            cancellation.ThrowIfCancellationRequested();
            bar(1000 * value.Done / Math.Max(1, value.Total));
        }
    }
}
