using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>
/// Runs parts on a silo. A part whose file is there is done; else it is run and its file is written unless another has done so meanwhile, and
/// then this one's result, which is the same, is thrown away.
/// </summary>
sealed partial class PartExecutor(IObjectStore store, JobWorks works, SiloModel model, WorkMeters meters, ILogger<PartExecutor>? logger = null)
{
    /// <summary>Plans that are kept; beyond it all are read again.</summary>
    const int MostPlans = 100;

    readonly ConcurrentDictionary<string, (JobPlan Plan, string Version)> plans = new(StringComparer.Ordinal);

    /// <summary>Runs one part on a device.</summary>
    public async Task<PartReply> Run(PartRequest request, DeviceSession device, CancellationToken cancellation)
    {
        var meter = meters.Enter(request.Job, device.Key);
        try
        {
            // An input is read where pictures come from, too.
            using var part = meter.Begin(request.Block < 0 ? WorkActivity.Download : WorkActivity.Rest);
            var reply = await RunPart(request, device, meter, cancellation);
            return reply.Reply.Status == CallStatus.Ok ? reply with { Times = meter.Take() } : reply;
        }
        catch (Exception e) when (e is StoreException or SourceException or OrleansException or TimeoutException)
        {
            // A store, a source or another silo that is away now: no fault of the part.
            return Failed(CallStatus.ModelUnavailable, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of the program, which would come back each time: the job must end with it, not try for ever.
            if (logger is not null)
                LogFault(logger, e, request);
            return Failed(CallStatus.Ok, null) with { Fatal = $"Part {request.Part} of stage {request.Stage}, block {request.Block}, failed in a way nobody foresaw: {e.Message}" };
        }
        finally
        {
            meters.Leave(request.Job, device.Key);
        }
    }

    async Task<PartReply> RunPart(PartRequest request, DeviceSession device, WorkMeter meter, CancellationToken cancellation)
    {
        if (await Plan(request.Job, cancellation) is not { } plan)
            return Failed(CallStatus.ModelUnavailable, null) with { Fatal = $"There is no job '{request.Job}' any more." };
        if (plan.Fingerprint != model.Fingerprint)
            return Failed(CallStatus.WrongModel, $"The job was made with the model {plan.Fingerprint}; this silo serves {model.Fingerprint}.");
        var input = await JobInputWriter.Find(store, plan, cancellation);
        var key = new PartKey(request.Block, request.Stage, request.Part);
        if (key == PartKey.Input && input is not null)
            return Done(new PartResult { Next = input.Blocks, Items = (int)Math.Min(int.MaxValue, input.Items) });
        var isProbe = request.ProbeFrom >= 0;
        var isLast = input is not null && request.Stage == new JobShape(plan, input).LastStage;
        if (!isProbe && await Find(plan, key, isLast, cancellation) is { } found)
            return Done(found);

        var scope = new PartScope(plan, input, request, device, Deadline.InBackground(request.BudgetMs).Metered(meter), store);

        // Candidates, merges and metrics compute for seconds: on the pool, so that the grain that awaits this can start other parts meanwhile.
        var outcome = await Task.Run(() => works.Of(plan.Kind).Run(scope, cancellation), cancellation);
        if (!outcome.Ok)
            return Failed(outcome.Status, outcome.Message, outcome.RetryAfterMs);
        if (!isProbe && outcome.Value.Fatal is null && key != PartKey.Input)
        {
            cancellation.ThrowIfCancellationRequested();
            await Write(plan, key, outcome.Value, isLast);
        }

        return Done(outcome.Value);
    }

    /// <summary>Not to be cancelled: what is begun is written whole, or taken back.</summary>
    async Task Write(JobPlan plan, PartKey key, PartResult result, bool isLast)
    {
        if (!isLast)
        {
            var file = PartFile.ToBytes(result.Next, result.Items, result.Failed, result.Sections!);
            var path = JobPaths.PartOf(plan.Id, key.Block, key.Stage, key.Part);
            await store.Write(path, file, WriteCondition.IfAbsent);
            await DeleteIfGone(plan.Id, path);
            return;
        }

        // The rows come last: a block that can be read has its error report.
        await store.Write(JobPaths.ErrorsOf(plan.Id, key.Block), JsonLines.Of(result.Errors), WriteCondition.IfAbsent);
        await store.Write(JobPaths.RowsOf(plan.Id, key.Block), result.Rows!, WriteCondition.IfAbsent);
        await DeleteIfGone(plan.Id, JobPaths.ErrorsOf(plan.Id, key.Block), JobPaths.RowsOf(plan.Id, key.Block));
    }

    /// <summary>
    /// A job that is deleted loses its plan first and then its files: one that is written after they were listed is taken back here.
    /// </summary>
    async Task DeleteIfGone(string job, params string[] files)
    {
        if (await store.Head(JobPaths.PlanOf(job)) is not null)
            return;
        foreach (var file in files)
            await store.Delete(file);
    }

    /// <summary>What a part that is done came to; null if it is not.</summary>
    async Task<PartResult?> Find(JobPlan plan, PartKey key, bool isLast, CancellationToken cancellation)
    {
        if (!isLast)
        {
            var file = await PartFile.Read(store, JobPaths.PartOf(plan.Id, key.Block, key.Stage, key.Part), cancellation);
            return file is null ? null : new PartResult { Next = file.Next, Items = file.Items, Failed = file.Failed };
        }

        if (await store.Head(JobPaths.RowsOf(plan.Id, key.Block), cancellation) is null)
            return null;
        var errors = await store.Read(JobPaths.ErrorsOf(plan.Id, key.Block), cancellation);
        return new PartResult { Failed = errors is null ? 0 : ErrorLine.CountItems(errors.Content) };
    }

    async Task<JobPlan?> Plan(string job, CancellationToken cancellation)
    {
        var version = (await store.Head(JobPaths.PlanOf(job), cancellation))?.Version;
        if (plans.TryGetValue(job, out var known) && known.Version == version)
            return known.Plan;
        if (version is null || await store.Read(JobPaths.PlanOf(job), cancellation) is not { } stored)
            return null;
        if (plans.Count >= MostPlans)
            plans.Clear();
        var plan = JobJson.Read<JobPlan>(stored.Content);
        plans[job] = (plan, version);
        return plan;
    }

    static PartReply Done(PartResult result) => new(
        new DeviceReply(CallStatus.Ok), result.Fatal, result.Items, result.Failed, result.Next, new WorkTimes(), result.Tiers);

    static PartReply Failed(CallStatus status, string? message, int retryAfterMs = 0) =>
        new(new DeviceReply(status, message, retryAfterMs), null, 0, 0, -1, new WorkTimes(), ImageLookup.FromNowhere);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed")]
    static partial void LogFault(ILogger logger, Exception exception, PartRequest request);
}
