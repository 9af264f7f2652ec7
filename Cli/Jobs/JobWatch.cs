using System.Globalization;
using MplugCluster.Cli.CommandLine;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Terminal;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;

namespace MplugCluster.Cli.Jobs;

/// <summary>A job from its submission to its end, as the one who waits sees it.</summary>
sealed class JobWatch(ClusterConnection cluster, CommandTerminal terminal)
{
    /// <summary>Items of an error report that are shown.</summary>
    const int ErrorsShown = 20;

    /// <summary>Submits a job.</summary>
    /// <exception cref="UsageException">It would take longer than is allowed.</exception>
    public async Task<JobInfo> Submit(JobRequest request, CancellationToken cancellation)
    {
        try
        {
            // With a key of its own, so that an answer that is lost on the way makes no second job.
            return await cluster.Client.Submit(request, Guid.NewGuid().ToString("N"), cancellation);
        }
        catch (MplugApiException e) when (e.Problem.Type == "urn:mplug:job-too-long")
        {
            var estimate = e.Problem.Detail.Replace("'max_hours'", "--max-hours");
            throw new UsageException($"{estimate[..estimate.IndexOf(" Set 'confirm'", StringComparison.Ordinal)]} Say --yes to start it all the same.");
        }
    }

    /// <summary>Waits for a job's end. Who stops waiting is told that the job does not stop with him.</summary>
    public async Task<JobInfo> Wait(JobInfo job, CancellationToken cancellation)
    {
        var ended = job;
        try
        {
            await terminal.Watch($"{job.Kind} {job.Id}", async bar =>
                ended = await cluster.Client.WaitForJob(job.Id, now => bar(now.Fraction, TextOf(now)), cancellation));
        }
        catch (OperationCanceledException)
        {
            terminal.Note(GoesOn(job));
            throw;
        }

        return ended;
    }

    /// <summary>What becomes of a job that nobody waits for.</summary>
    public string GoesOn(JobInfo job) => cluster.Stays
        ? $"Job {job.Id} goes on: 'mplug jobs watch {job.Id}' shows it, 'mplug jobs cancel {job.Id}' ends it."
        : $"Job {job.Id} goes on when mplug next starts on this store: 'mplug jobs watch {job.Id}' does, 'mplug jobs cancel {job.Id}' ends it.";

    /// <summary>Says how a job has ended, its errors included.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Report(JobInfo job, bool strict, CancellationToken cancellation)
    {
        if (job.ItemsFailed > 0)
            await ReportErrors(job, cancellation);
        if (job.Status != "done")
        {
            terminal.Warn($"Job {job.Id} is {job.Status}{(job.Message is null ? "." : $": {job.Message}")}");
            return ExitCodes.Failed;
        }

        var succeeded = (job.Items ?? 0) - job.ItemsFailed;
        return ExitCodes.OfItems((int)Math.Clamp(succeeded, 0, int.MaxValue), (int)Math.Min(job.ItemsFailed, int.MaxValue), strict);
    }

    async Task ReportErrors(JobInfo job, CancellationToken cancellation)
    {
        await foreach (var error in cluster.Client.JobErrors(job.Id, cancellation).Take(ErrorsShown).WithCancellation(cancellation))
            terminal.Warn($"{error.Item}: {error.Code}: {error.Reason}");
        if (job.ItemsFailed > ErrorsShown)
            terminal.Warn($"... {job.ItemsFailed} in all: 'mplug jobs errors {job.Id}'");
    }

    /// <summary>A job on one line: stage, speed, time left, and what holds it up.</summary>
    internal static string TextOf(JobInfo job)
    {
        var stage = job.Stages.FirstOrDefault(stage => stage.Done < stage.Total);
        string?[] parts =
        [
            job.Status == "running" ? null : job.Status,
            stage is null ? null : $"{stage.Name} {stage.Done}/{stage.Total}",
            job.ItemsPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{job.ItemsPerSecond:0.#} items/s") : null,
            job.SecondsLeft is { } left ? $"{Span(left)} left" : null,
            job.Bottleneck switch { null => null, "queue" => "held up by other work of the device", var bottleneck => $"bottleneck {bottleneck}" },
            job.ItemsFailed > 0 ? $"{job.ItemsFailed} failed" : null,
            job.HasEnded ? null : job.Message,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    /// <summary>A time as people say it.</summary>
    internal static string Span(double seconds) => seconds switch
    {
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 360_000 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0.#} days"),
    };
}
