using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Jobs;

/// <summary><c>mplug jobs results</c> and <c>mplug jobs errors</c>.</summary>
static class JobResultsVerb
{
    internal static readonly Option<string?> Format = new("--format")
    {
        Description = "jsonl, csv, parquet or, for rankings, trec. Default: what the name of --out ends in.",
        HelpName = "format",
    };

    static readonly Option<string> Out = new("--out") { Description = "Where the results go.", HelpName = "file", Required = true };

    public static Command CreateResults() => new Command("results", "Write the results that a job has by now to a file")
    {
        JobsVerb.Id, Out, Format,
    }.WithConnection().Example("mplug jobs results 20260102-030405-abc --out results.parquet").Does(Results);

    public static Command CreateErrors() => new Command("errors", "Items of a job that failed, and why")
    {
        JobsVerb.Id,
    }.WithConnection().Example("mplug jobs errors 20260102-030405-abc").Does(Errors);

    static async Task<int> Results(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var (id, file) = (parsed.GetRequiredValue(JobsVerb.Id), ResultFile.Of(parsed.GetRequiredValue(Out), parsed.GetValue(Format)));
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var isComplete = await file.Download(cluster.Client, id, cancellation);
        if (terminal.Json)
            terminal.WriteJson(new { job = id, file = file.Path, format = file.Format, complete = isComplete });
        else
            terminal.Note(isComplete ? $"All results: {file.Path}" : $"The results so far: {file.Path}; the job has not ended, or not well.");
        return ExitCodes.Ok;
    }

    static async Task<int> Errors(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var errors = new List<ItemFault>();
        await foreach (var error in cluster.Client.JobErrors(parsed.GetRequiredValue(JobsVerb.Id), cancellation))
        {
            if (terminal.Json)
                errors.Add(error);
            else
                terminal.Line($"{error.Item}: {error.Code}: {error.Reason}");
        }

        if (terminal.Json)
            terminal.WriteJson(new { errors });
        return ExitCodes.Ok;
    }
}
