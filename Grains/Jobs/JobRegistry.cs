using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs;

/// <summary>The jobs there are: takes new ones, finds and lists them, reads their results.</summary>
/// <param name="store">Where their files are.</param>
/// <param name="grains">Where they run.</param>
/// <param name="itemsPerShard">How corpora are cut into shards.</param>
public sealed class JobRegistry(IObjectStore store, IGrainFactory grains, int itemsPerShard)
{
    /// <summary>What is kept of an idempotency key.</summary>
    public static string? HashOf(string? idempotencyKey) =>
        idempotencyKey is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)));

    /// <summary>
    /// An id for a job that is about to be submitted: a new one, by time; or the one that the same key has got before, until its job is deleted.
    /// </summary>
    public async Task<string> IdFor(string? keyHash, DateTimeOffset now, CancellationToken cancellation)
    {
        var id = FormattableString.Invariant($"{now.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        if (keyHash is null)
            return id;
        var path = JobPaths.KeyOf(keyHash);
        while (true)
        {
            if (await store.Read(path, cancellation) is { } known)
                return JobJson.Read<string>(known.Content);
            if (await store.Write(path, JobJson.ToBytes(id), WriteCondition.IfAbsent, cancellation) is not null)
                return id;
        }
    }

    /// <summary>
    /// Takes a job: writes its input and, last, its plan, and starts it. A plan that stands there already under this id is left alone and goes on.
    /// </summary>
    /// <param name="plan">The plan; its <see cref="JobPlan.InputHash"/> is filled in here.</param>
    /// <param name="items">Input that is sent along; null if <see cref="JobPlan.Input"/> or <see cref="JobPlan.Ingest"/> names a source.</param>
    /// <param name="cancellation">Stops before the plan is written.</param>
    /// <returns>The job, and whether it is new.</returns>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<(JobReply Reply, bool IsNew)> Submit(JobPlan plan, JobInputItems? items, CancellationToken cancellation)
    {
        var isNew = await store.Head(JobPaths.PlanOf(plan.Id), cancellation) is null;
        if (isNew)
        {
            // The index entry comes first: what a submission leaves that breaks off here is found by it, and cleaned.
            var entry = new JobIndexEntry(plan.Kind, plan.Corpus, plan.KeyHash);
            await store.Write(JobPaths.IndexOf(plan.Id), JobJson.ToBytes(entry), WriteCondition.None, cancellation);
            await store.Write(JobPaths.OpenOf(plan.Id), JobJson.ToBytes(plan.Kind), WriteCondition.None, cancellation);
            if (items is not null)
                plan = plan with { InputHash = await new JobInputWriter(store, plan.Id, plan.ItemsPerBlock).Write(items, cancellation) };
            if (plan.Corpus is not null)
                plan = await Pin(plan, cancellation);
            isNew = await store.Write(JobPaths.PlanOf(plan.Id), JobJson.ToBytes(plan), WriteCondition.IfAbsent, cancellation) is not null;
        }

        return (await grains.GetGrain<IJobGrain>(plan.Id).Describe(cancellation), isNew);
    }

    /// <summary>A job's plan; null if there is no such job.</summary>
    public async Task<JobPlan?> Plan(string job, CancellationToken cancellation) =>
        await store.Read(JobPaths.PlanOf(job), cancellation) is { } stored ? JobJson.Read<JobPlan>(stored.Content) : null;

    /// <summary>Ids of all jobs with the time of their submission, newest first; of the same time by id, descending.</summary>
    public async Task<IReadOnlyList<(string Id, DateTimeOffset Submitted)>> Newest(CancellationToken cancellation)
    {
        var jobs = new List<(string Id, DateTimeOffset Submitted)>();
        await foreach (var entry in store.List(JobPaths.Index, cancellation))
            jobs.Add((entry.Path[(JobPaths.Index.Length + 1)..], entry.LastModified));
        jobs.Sort((a, b) => b.Submitted.CompareTo(a.Submitted) is not 0 and var order ? order : string.CompareOrdinal(b.Id, a.Id));
        return jobs;
    }

    /// <summary>A job as it is now; one that has ended is read from the store, any other says it itself.</summary>
    public async Task<JobReply> Describe(string job, CancellationToken cancellation)
    {
        try
        {
            // A deletion that broke off may have left the rest without the plan; such a job is gone.
            if (await store.Head(JobPaths.OpenOf(job), cancellation) is null
                && await store.Head(JobPaths.PlanOf(job), cancellation) is not null
                && await store.Read(JobPaths.EndedOf(job), cancellation) is { } ended)
                return new JobReply(JobCallStatus.Ok, JobJson.Read<JobDescription>(ended.Content));
        }
        catch (Exception e) when (e is StoreException or JsonException)
        {
            // The grain says what is wrong with the store, and finds the rest of the job where one file of it is damaged.
        }

        return await grains.GetGrain<IJobGrain>(job).Describe(cancellation);
    }

    /// <summary>Results block by block, each as JSON lines, up to the first block that is not finished.</summary>
    public IAsyncEnumerable<byte[]> Rows(string job, CancellationToken cancellation) => Blocks(block => JobPaths.RowsOf(job, block), cancellation);

    /// <summary>The error report block by block, as JSON lines <c>{"item", "code", "reason"}</c>, as far as results can be read.</summary>
    public IAsyncEnumerable<byte[]> Errors(string job, CancellationToken cancellation) => Blocks(block => JobPaths.ErrorsOf(job, block), cancellation);

    async IAsyncEnumerable<byte[]> Blocks(Func<int, string> path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var block = 0; await store.Read(path(block), cancellation) is { } stored; block++)
            yield return stored.Content;
    }

    /// <summary>Notes which corpus it is, for whatever has its name later is another; and keeps its present version for a job that searches it.</summary>
    async Task<JobPlan> Pin(JobPlan plan, CancellationToken cancellation)
    {
        var read = await CorpusManifest.Read(store, plan.Corpus!, cancellation)
            ?? throw new StoreException($"Corpus '{plan.Corpus}' is gone.");
        if (plan.Kind == JobKind.Rank)
        {
            // Of two requests with one key the first pins; the other must search the same version.
            var pin = JobPaths.PinOf(plan.Corpus!, plan.Id);
            if (await store.Write(pin, read.Manifest.ToBytes(), WriteCondition.IfAbsent, cancellation) is null)
                read = await CorpusManifest.Read(store, plan.Corpus!, pin, cancellation) ?? read;
            if (await IsCollected(read.Manifest, cancellation))
            {
                await store.Delete(pin, cancellation);
                throw new StoreException($"Corpus '{plan.Corpus}' has changed too much since the job was about to be pinned to it. Submit it again.");
            }
        }

        return plan with
        {
            CorpusId = read.Manifest.Id,
            CorpusVersion = read.Manifest.Version,
            Shards = read.Manifest.Shards(itemsPerShard).Count(),
        };
    }

    /// <summary>Whether segments of a version that is now pinned were deleted before the pin could keep them.</summary>
    async Task<bool> IsCollected(CorpusManifest manifest, CancellationToken cancellation)
    {
        foreach (var segment in manifest.Segments)
        {
            if (await store.Head(segment.File, cancellation) is null)
                return true;
        }

        return false;
    }
}
