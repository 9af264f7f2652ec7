using System.CommandLine;
using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using Spectre.Console;

namespace MplugCluster.Cli.Jobs;

/// <summary><c>mplug jobs</c>: the jobs of a cluster, and what can be done with them.</summary>
static class JobsVerb
{
    internal static readonly Argument<string> Id = new("id") { Description = "The job." };

    static readonly Option<int> Limit = new("--limit") { Description = "Jobs to show, newest first.", DefaultValueFactory = _ => 20 };

    public static Command Create()
    {
        var list = new Command("list", "The newest jobs") { Limit }.WithConnection().Example("mplug jobs list --limit 5").Does(List);
        return new Command("jobs", "Jobs: list, show, watch, pause, resume, cancel, delete, results, errors")
        {
            Limit,
            list,
            Of("show", "One job", (client, id, cancellation) => client.Job(id, cancellation)),
            new Command("watch", "Wait for a job, with a bar") { Id, CommonFlags.Strict }.WithConnection().Example("mplug jobs watch 20260102-030405-abc").Does(Watch),
            Of("pause", "Let what is in flight end, and begin nothing new", (client, id, cancellation) => client.PauseJob(id, cancellation)),
            Of("resume", "Go on after a pause", (client, id, cancellation) => client.ResumeJob(id, cancellation)),
            Of("cancel", "End a job for good; its results so far stay", (client, id, cancellation) => client.CancelJob(id, cancellation)),
            new Command("delete", "Cancel a job if need be, and delete its files") { Id }.WithConnection().Example("mplug jobs delete 20260102-030405-abc").Does(Delete),
            JobResultsVerb.CreateResults(),
            JobResultsVerb.CreateErrors(),
        }.WithConnection().Example("mplug jobs", "mplug jobs watch 20260102-030405-abc").Does(List);
    }

    /// <summary>A verb that ends with showing the job.</summary>
    static Command Of(string name, string description, Func<MplugClient, string, CancellationToken, Task<JobInfo>> call) =>
        new Command(name, description) { Id }.WithConnection().Example($"mplug jobs {name} 20260102-030405-abc").Does(async (parsed, terminal, cancellation) =>
        {
            await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
            Show(await call(cluster.Client, parsed.GetRequiredValue(Id), cancellation), terminal);
            return ExitCodes.Ok;
        });

    static async Task<int> List(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        var limit = parsed.GetValue(Limit);
        if (limit < 1)
            throw new UsageException($"--limit is {limit}; it must be at least 1.");
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var (jobs, cursor) = (new List<JobInfo>(), (string?)null);
        do
        {
            var page = await cluster.Client.Jobs(cursor, cancellation);
            jobs.AddRange(page.Data);
            foreach (var fault in page.Faults)
                terminal.Warn($"{fault.Id}: {fault.Message}");
            cursor = page.NextCursor;
        }
        while (cursor is not null && jobs.Count < limit);
        if (terminal.Json)
            terminal.WriteJson(new { jobs = jobs.Take(limit) });
        else if (jobs.Count == 0)
            terminal.Note("There are no jobs.");
        else
            terminal.Out.Write(TableOf(jobs.Take(limit)));
        return ExitCodes.Ok;
    }

    static async Task<int> Watch(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        var watch = new JobWatch(cluster, terminal);
        var job = await watch.Wait(await cluster.Client.Job(parsed.GetRequiredValue(Id), cancellation), cancellation);
        Show(job, terminal);
        return await watch.Report(job, parsed.GetValue(CommonFlags.Strict), cancellation);
    }

    static async Task<int> Delete(ParseResult parsed, CommandTerminal terminal, CancellationToken cancellation)
    {
        await using var cluster = await ClusterConnection.Open(parsed, terminal, cancellation);
        await cluster.Client.DeleteJob(parsed.GetRequiredValue(Id), cancellation);
        if (terminal.Json)
            terminal.WriteJson(new { deleted = parsed.GetRequiredValue(Id) });
        else
            terminal.Note($"Job {parsed.GetRequiredValue(Id)} is deleted.");
        return ExitCodes.Ok;
    }

    static void Show(JobInfo job, CommandTerminal terminal)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(job);
            return;
        }

        terminal.Line($"{job.Id}  {job.Kind}{(job.Corpus is null ? "" : $" of {job.Corpus}")}  {job.Status}  {Percent(job)}");
        if (JobWatch.TextOf(job) is { Length: > 0 } text && !job.HasEnded)
            terminal.Line(text);
        if (job.HasEnded && job.Message is not null)
            terminal.Line(job.Message);
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{Number(job.Items)} items, {job.ItemsFailed} failed; {job.BlocksReadable} of {Number(job.Blocks)} blocks readable; {job.Features.ImagesEncoded} pictures encoded"));
    }

    static Table TableOf(IEnumerable<JobInfo> jobs)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("job").AddColumn("kind").AddColumn("corpus").AddColumn("status")
            .AddColumn(new TableColumn("done").RightAligned()).AddColumn(new TableColumn("items").RightAligned())
            .AddColumn(new TableColumn("failed").RightAligned()).AddColumn("submitted");
        foreach (var job in jobs)
        {
            table.AddRow(
                Markup.Escape(job.Id),
                job.Kind,
                Markup.Escape(job.Corpus ?? "-"),
                job.Status,
                Percent(job),
                Number(job.Items),
                FormattableString.Invariant($"{job.ItemsFailed}"),
                job.Submitted.LocalDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        }

        return table;
    }

    static string Percent(JobInfo job) => FormattableString.Invariant($"{Math.Floor(job.Fraction * 100):0} %");

    static string Number(long? number) => number is { } known ? known.ToString(CultureInfo.InvariantCulture) : "?";
}
