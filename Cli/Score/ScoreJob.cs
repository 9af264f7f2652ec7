using System.CommandLine;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Jobs;
using MplugCluster.Cli.Pictures;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Score;

/// <summary>A file of pairs as a job: what tables, thresholds and other formats than JSON lines take.</summary>
static class ScoreJob
{
    /// <summary>Scores.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="pairs">The file.</param>
    /// <param name="file">Where the results go.</param>
    /// <param name="minProbability">Pairs below are left out.</param>
    /// <param name="terminal">Where to tell of it.</param>
    /// <param name="cancellation">Stops waiting; the job goes on.</param>
    public static async Task<int> Run(
        ParseResult parsed, string pairs, ResultFile file, double? minProbability, CommandTerminal terminal, CancellationToken cancellation)
    {
        var rows = await InputPath.Read(() => PairTable.Read(pairs, cancellation));
        if (rows.Count == 0)
            throw new UsageException($"'{pairs}' holds no pairs.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var (inputs, broken) = await Upload(rows, Path.GetDirectoryName(Path.GetFullPath(pairs))!, cluster, terminal, cancellation);
        foreach (var (row, error) in broken)
            terminal.Warn($"{pairs}:{row.Id}: {error.Code}: {error.Message}");
        if (inputs.Count == 0)
        {
            terminal.Warn($"'{pairs}' holds no pair that can be scored.");
            return ExitCodes.Failed;
        }

        var watch = new JobWatch(cluster, terminal);
        var job = await watch.Submit(
            new JobRequest
            {
                Kind = "score",
                Pairs = inputs,
                MinProbability = minProbability,
                Convention = parsed.GetValue(CommonFlags.Convention),
                MaxHours = parsed.GetValue(CommonFlags.MaxHours),
                Confirm = parsed.GetValue(CommonFlags.Yes),
            },
            cancellation);
        job = await watch.Wait(job, cancellation);
        var isComplete = await file.Download(cluster.Client, job.Id, cancellation);
        var failed = broken.Count + job.ItemsFailed;
        if (terminal.Json)
            terminal.WriteJson(new { job, pairs = rows.Count, scored = rows.Count - failed, failed, results = file.Path, complete = isComplete });
        else
            terminal.Note($"{Counted.Of(rows.Count - failed, "pair")} scored, {failed} failed, {Counted.Of(job.Features.ImagesEncoded, "picture")} encoded; results in {file.Path}");
        var strict = parsed.GetValue(CommonFlags.Strict);
        var code = await watch.Report(job, strict, cancellation);
        return code == ExitCodes.Ok && strict && broken.Count > 0 ? ExitCodes.Failed : code;
    }

    static async Task<(List<JobPairInput> Inputs, List<(PairRow Row, ApiError Error)> Broken)> Upload(
        IReadOnlyList<PairRow> rows, string folder, ClusterConnection cluster, CommandTerminal terminal, CancellationToken cancellation)
    {
        var uploads = new PictureUploads(cluster.Client);
        var (inputs, broken) = (new List<JobPairInput>(), new List<(PairRow, ApiError)>());
        await terminal.Progress("Sending pictures", rows.Count, async bar =>
        {
            foreach (var (number, row) in rows.Index())
            {
                var (picture, error) = row.Error is null ? await uploads.Upload(Path.Combine(folder, row.Image!), cancellation) : (null, row.Error);
                if (error is null)
                    inputs.Add(new JobPairInput(picture!, row.Text!, row.Id, row.Image));
                else
                    broken.Add((row, error));
                bar(number + 1);
            }
        });
        return (inputs, broken);
    }
}
