using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs;

/// <summary>
/// Rings at the door of every job that has not ended: at the start, when the devices change, and now and then, so that a job whose silo died
/// comes up on another one. What the store lists is the truth; there is no reminder that could be lost. Also deletes jobs past their retention.
/// </summary>
sealed partial class JobScan(
    IObjectStore store, IGrainFactory grains, IDeviceRingSource rings, JobScanPeriods periods, TimeProvider time, ILogger<JobScan> logger) : BackgroundService
{
    /// <summary>Age at which a job without a plan is not one that is just being submitted.</summary>
    static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? cleaned = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = rings.Changed;
            await Try(Ring, stoppingToken);
            if (cleaned is null || time.GetElapsedTime(cleaned.Value) > periods.Clean)
            {
                cleaned = time.GetTimestamp();
                await Try(Clean, stoppingToken);
            }

            await Task.WhenAny(changed, Task.Delay(periods.Ring, time, stoppingToken));
        }
    }

    async Task Ring(CancellationToken cancellation)
    {
        await foreach (var job in store.List(JobPaths.Open, cancellation))
            await Try(token => grains.GetGrain<IJobGrain>(job.Path[(JobPaths.Open.Length + 1)..]).Describe(token), cancellation);
    }

    async Task Clean(CancellationToken cancellation)
    {
        await foreach (var entry in store.List(JobPaths.Index, cancellation))
            await Try(token => CleanJob(entry, token), cancellation);
    }

    async Task CleanJob(ObjectInfo entry, CancellationToken cancellation)
    {
        var id = entry.Path[(JobPaths.Index.Length + 1)..];
        if (await store.Read(JobPaths.PlanOf(id), cancellation) is not { } stored)
        {
            if (entry.LastModified + Abandoned < time.GetUtcNow())
                await DropAbandoned(id, cancellation);
            return;
        }

        if (await store.Head(JobPaths.OpenOf(id), cancellation) is not null)
            return;

        var days = JobJson.Read<JobPlan>(stored.Content).RetentionDays;
        if (entry.LastModified.AddDays(days) > time.GetUtcNow())
            return;
        var grain = grains.GetGrain<IJobGrain>(id);
        if ((await grain.Describe(cancellation)).Job is { Ended: { } ended } && ended.AddDays(days) <= time.GetUtcNow())
            await grain.Delete(cancellation);
    }

    /// <summary>What is left of a submission that broke off, or of a deletion.</summary>
    async Task DropAbandoned(string id, CancellationToken cancellation)
    {
        if (await store.Read(JobPaths.IndexOf(id), cancellation) is not { } stored)
            return;
        var job = JobJson.Read<JobIndexEntry>(stored.Content);
        await JobFiles.Delete(store, id, job, cancellation);
    }

    /// <summary>
    /// A scan that fails is made again; jobs that run do not need it. One job whose files are damaged, or whose silo does not answer, holds up
    /// neither the others nor the silo.
    /// </summary>
    async Task Try(Func<CancellationToken, Task> scan, CancellationToken cancellation)
    {
        try
        {
            await scan(cancellation);
        }
        catch (Exception e) when (e is StoreException or OrleansException or TimeoutException or JsonException)
        {
            LogFailure(e.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The jobs could not be looked at: {Reason}")]
    partial void LogFailure(string reason);
}
