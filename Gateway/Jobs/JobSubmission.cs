using System.Security.Cryptography;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Planning;
using MplugCluster.Grains.Sources;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Takes jobs: looks at the request, estimates it, cuts it, and gives it to the registry once.</summary>
sealed class JobSubmission(JobDrafts drafts, JobRegistry registry, PresentDevices devices, SourceCatalog sources, IGrainFactory grains, SiloModel model, TimeProvider time)
{
    const int MaxKeyLength = 255;

    /// <summary>Submits a job, or finds the one that the same request with the same key has made.</summary>
    /// <returns>The job, and whether it is new.</returns>
    public async Task<(JobInfo Job, bool IsNew)> Submit(JobRequest request, string? key, CancellationToken cancellation)
    {
        if (key is { Length: 0 or > MaxKeyLength })
            throw Problems.InvalidRequest($"The Idempotency-Key has {key.Length} characters; 1 to {MaxKeyLength} are allowed.");
        var (keyHash, hash) = (JobRegistry.HashOf(key), HashOf(request));
        var id = await registry.IdFor(keyHash, time.GetUtcNow(), cancellation);
        if (key is not null && await registry.Plan(id, cancellation) is { } known)
            return (await Same(known, hash, cancellation), false);
        var draft = await drafts.ToSubmit(request, cancellation);

        // Refused now rather than as a job that fails at once.
        foreach (var source in draft.Sources)
            sources.Open(source);
        var facts = await devices.Ask(cancellation);
        var sizes = facts.SizesOf(draft.Load);
        if (draft.IsMeasured && !request.Confirm && JobPlanner.Estimate(draft.Load, sizes, facts) is { Hours: { } hours } estimate
            && hours > request.MaxHours)
        {
            throw Problems.JobTooLong(hours, request.MaxHours, estimate.Devices, estimate.IsGuess);
        }

        var plan = draft.Plan(id, time.GetUtcNow(), model.Fingerprint, sizes, hash, request.RetentionDays) with { KeyHash = keyHash };
        var (reply, isNew) = await registry.Submit(plan, draft.Items, cancellation);
        return isNew || await registry.Plan(id, cancellation) is not { } first
            ? (Problems.JobOf(reply, id).Info(), isNew)
            : (await Same(first, hash, cancellation), false);
    }

    /// <summary>What a job would cost; starts nothing.</summary>
    public async Task<JobEstimate> Estimate(JobRequest request, CancellationToken cancellation)
    {
        var draft = await drafts.ToPlan(request, cancellation);
        var facts = await devices.Ask(cancellation);
        return JobPlanner.Estimate(draft.Load, facts.SizesOf(draft.Load), facts);
    }

    async Task<JobInfo> Same(JobPlan known, string hash, CancellationToken cancellation) => known.RequestHash == hash
        ? Problems.JobOf(await grains.GetGrain<IJobGrain>(known.Id).Describe(cancellation), known.Id).Info()
        : throw Problems.KeyReused(known.Id);

    /// <summary>What to do, without how much of it is allowed: a request that was refused as too long may come again with a confirmation.</summary>
    static string HashOf(JobRequest request) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(request with { Confirm = false, MaxHours = 1 }, ApiJson.Options)));
}
