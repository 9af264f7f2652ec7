using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Rank;

/// <summary><c>mplug rank --queries</c>: many queries at once, as a job over a corpus or a folder.</summary>
static class RankJob
{
    internal static readonly Option<string?> Queries = new("--queries")
    {
        Description = "Rank by each query of a file: .txt a query a line, .jsonl {\"id\", \"text\"} a line, .csv with the columns id and text.",
        HelpName = "file",
    };

    internal static readonly Option<string?> Out = new("--out") { Description = "With --queries: where the results go.", HelpName = "file" };

    /// <summary>Ranks.</summary>
    /// <param name="parsed">The command line; its numbers have been looked at.</param>
    /// <param name="options">Results and candidates, as the flags of the verb say.</param>
    /// <param name="target">A folder, or a corpus.</param>
    /// <param name="terminal">Where to tell of it.</param>
    /// <param name="cancellation">Stops waiting; the job goes on.</param>
    public static async Task<int> Run(
        ParseResult parsed, JobRequest options, string target, CommandTerminal terminal, CancellationToken cancellation)
    {
        var file = ResultFile.Of(
            parsed.GetValue(Out) ?? throw new UsageException("--queries needs --out: where the results go."), parsed.GetValue(JobResultsVerb.Format));
        if (!(parsed.GetValue(CommonFlags.MaxHours) > 0))
            throw new UsageException(FormattableString.Invariant($"--max-hours is {parsed.GetValue(CommonFlags.MaxHours)}; it must be above 0."));
        var queries = QueryFile.Read(parsed.GetValue(Queries)!);
        var files = CorpusRank.IsMeant(target) ? null : PictureFolder.Scan(target);
        if (files is { Count: 0 })
            throw new UsageException($"'{target}' holds no pictures (.jpg, .jpeg, .png, .webp, .gif, .bmp).");
        foreach (var (line, reason) in queries.Broken)
            terminal.Warn($"{parsed.GetValue(Queries)}:{line}: {reason}");

        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var corpus = files is null
            ? await Find(cluster, target, cancellation)
            : await Fill(parsed, target, files, cluster, terminal, cancellation);
        var watch = new JobWatch(cluster, terminal);
        var job = await watch.Submit(
            options with
            {
                Kind = "rank",
                Corpus = corpus,
                Queries = JobQueries.Of(queries.Queries),
                Convention = files is null ? parsed.GetValue(CommonFlags.Convention) : null,
                MaxHours = parsed.GetValue(CommonFlags.MaxHours),
                Confirm = parsed.GetValue(CommonFlags.Yes),
            },
            cancellation);
        job = await watch.Wait(job, cancellation);
        var isComplete = await file.Download(cluster.Client, job.Id, cancellation);
        if (terminal.Json)
            terminal.WriteJson(new { job, queries = queries.Queries.Count, queries_broken = queries.Broken.Count, results = file.Path, complete = isComplete });
        else
            terminal.Note($"{Counted.Of(queries.Queries.Count, "query", "queries")}, results in {file.Path}; {Counted.Of(job.Features.ImagesEncoded, "picture")} encoded");
        var strict = parsed.GetValue(CommonFlags.Strict);
        var code = await watch.Report(job, strict, cancellation);
        return code == ExitCodes.Ok && strict && queries.Broken.Count > 0 ? ExitCodes.Failed : code;
    }

    static async Task<string> Find(ClusterConnection cluster, string name, CancellationToken cancellation) =>
        await cluster.Client.FindCorpus(name, cancellation) is not null
            ? name
            : throw new UsageException($"There is neither a folder nor a corpus '{name}'.");

    static async Task<string> Fill(
        ParseResult parsed, string folder, IReadOnlyList<PictureFile> files, ClusterConnection cluster, CommandTerminal terminal, CancellationToken cancellation)
    {
        var index = new FolderIndex(cluster.Client, folder, parsed.GetValue(CommonFlags.Convention));
        await terminal.Progress("Indexing pictures", files.Count, bar => index.Update(files, bar, cancellation));
        foreach (var (picture, error) in index.Errors)
            terminal.Warn($"{picture}: {error.Code}: {error.Message}");
        return index.Errors.Count < files.Count ? index.Corpus : throw new InvalidDataException($"No picture of '{folder}' can be used.");
    }
}
