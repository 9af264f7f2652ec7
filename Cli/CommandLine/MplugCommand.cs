using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using MplugCluster.Cli.Cache;
using MplugCluster.Cli.Calibrate;
using MplugCluster.Cli.Completion;
using MplugCluster.Cli.Corpora;
using MplugCluster.Cli.Embed;
using MplugCluster.Cli.Eval;
using MplugCluster.Cli.Explain;
using MplugCluster.Cli.Import;
using MplugCluster.Cli.Index;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Preprocess;
using MplugCluster.Cli.Rank;
using MplugCluster.Cli.Scenes;
using MplugCluster.Cli.Score;
using MplugCluster.Cli.Serve;
using MplugCluster.Cli.Terminal;
using MplugCluster.Cli.Train;
using MplugCluster.Cli.Verify;
using MplugCluster.Gateway.Client;
using MplugCluster.Gateway.Embedded;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Checkpoints;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;
using MplugCluster.Training.Data;
using MplugCluster.Training.Steps;

namespace MplugCluster.Cli.CommandLine;

/// <summary>The <c>mplug</c> command: its verbs, and how a run ends.</summary>
public static class MplugCommand
{
    static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs one command line.</summary>
    /// <param name="args">As the shell gave them.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Everything else.</param>
    /// <param name="cancellation">Ends the run early; Ctrl+C does too.</param>
    /// <returns>The exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var parsed = Create().Parse(args);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = ShutdownTime,
        };
        if (args.Length == 0)
        {
            // Who only says 'mplug' asks what there is.
            configuration.Output = error;
            await parsed.InvokeAsync(configuration, cancellation);
            return ExitCodes.Usage;
        }

        if (ParseFailure.Of(parsed) is { } failure)
        {
            await error.WriteLineAsync(failure);
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Interrupted.");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (CodeOf(e) is not null)
        {
            await error.WriteLineAsync(FailureText.Of(e));
            return CodeOf(e)!.Value;
        }
    }

    static RootCommand Create()
    {
        var root = new RootCommand("Ranks pictures and texts against each other with the published mPLUG retrieval model.")
        {
            ImportVerb.Create(),
            PreprocessVerb.Create(),
            VerifyVerb.Create(),
            CalibrateVerb.Create(),
            ScoreVerb.Create(),
            RankVerb.Create(),
            ExplainVerb.Create(),
            EmbedVerb.Create(),
            EvalVerb.Create(),
            IndexVerb.Create(),
            CorporaVerb.Create(),
            JobsVerb.Create(),
            PlanVerb.Create(),
            TrainVerb.Create(),
            ScenesVerb.Create(),
            ServeVerb.Create(),
            CacheVerb.Create(),
            CompletionVerb.Create(),
        };
        root.Add(CommonFlags.Json);
        root.Add(CommonFlags.Verbose);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root.Example(
            "mplug rank ~/Pictures --text \"a dog on a beach\"",
            "mplug index ~/Pictures --corpus holidays",
            "mplug rank holidays --text \"a dog on a beach\"");
    }

    /// <summary>Shows examples in a verb's help.</summary>
    internal static T Example<T>(this T command, params string[] examples) where T : Command
    {
        HelpWithExamples.Add(command, examples);
        return command;
    }

    /// <summary>Sets what a verb does, with the terminal it writes to.</summary>
    internal static Command Does(this Command command, Func<ParseResult, CommandTerminal, CancellationToken, Task<int>> action)
    {
        command.SetAction((parsed, cancellation) => action(
            parsed,
            new CommandTerminal(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(CommonFlags.Json)),
            cancellation));
        return command;
    }

    /// <summary>Exit code of failures that a user can cause; anything else is a fault of the program and shows its stack.</summary>
    static int? CodeOf(Exception exception) => exception switch
    {
        UsageException or MplugOptionsException => ExitCodes.Usage,
        MplugApiException or StoreBusyException or StoreException or SourceException or PackageException or CheckpointException or ClusterStartException => ExitCodes.Failed,
        TrainingDataException or DivergedException or TrainingMemoryException or DeviceUnavailableException or DeviceMemoryException => ExitCodes.Failed,
        HttpRequestException or IOException or InvalidDataException or UnauthorizedAccessException => ExitCodes.Failed,
        _ when RuntimeMessage.Is(exception) => ExitCodes.Failed,
        _ => null,
    };
}
