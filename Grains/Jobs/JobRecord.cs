using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Storage;
using Orleans.Runtime;

namespace MplugCluster.Grains.Jobs;

/// <summary>
/// What the store keeps of one job besides the files of its work: its plan, its state, and the marks by which others know whether it runs. Calls write
/// it beside the runner: states one after the other, because each needs the ETag of the one before, and what belongs to an end by one call at a time.
/// </summary>
sealed class JobRecord(string id, IPersistentState<JobState> state, IObjectStore store, ILocalSiloDetails silo, TimeProvider time)
{
    readonly SemaphoreSlim saving = new(1, 1);
    readonly SemaphoreSlim ending = new(1, 1);

    /// <summary>Whether the marks say that it has ended.</summary>
    bool isTidy;

    /// <summary>Whether it has ended, but the state in the store does not say so yet.</summary>
    bool isEndUnsaved;

    /// <summary>The plan; null where there is no such job.</summary>
    public JobPlan? Plan { get; private set; }

    public JobState State => state.State;

    /// <summary>Whether it has ended and the marks do not say so: a crash, or a store that failed, came between.</summary>
    public bool IsUntidy => State.Ended is not null && !isTidy;

    /// <summary>Looks for the plan.</summary>
    public async Task<bool> Find(CancellationToken cancellation)
    {
        Plan ??= await store.Read(JobPaths.PlanOf(id), cancellation) is { } stored ? JobJson.Read<JobPlan>(stored.Content) : null;
        return Plan is not null;
    }

    /// <summary>Writes the state.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task Save()
    {
        await saving.WaitAsync();
        try
        {
            (State.Home, State.HomeAddress) = (silo.Name, silo.SiloAddress.ToParsableString());
            await state.WriteStateAsync();
        }
        catch (OrleansException e) when (e.InnerException is StoreException failure)
        {
            // Orleans wraps what the store says; a state that cannot be written is waited for like any other object.
            throw new StoreException(failure.Message, e);
        }
        finally
        {
            saving.Release();
        }
    }

    /// <summary>Makes it one that runs; false if there is none, or none that could.</summary>
    public async Task<bool> Reopen(CancellationToken cancellation)
    {
        await ending.WaitAsync(cancellation);
        try
        {
            if (Plan is null || State.Status is JobStatus.Done or JobStatus.Cancelled)
                return false;

            // Also of a job that runs: a resume before this one may have broken off.
            await store.Write(JobPaths.OpenOf(id), JobJson.ToBytes(Plan.Kind), WriteCondition.None, cancellation);
            await store.Delete(JobPaths.EndedOf(id), cancellation);

            // What ends meanwhile tidies up after this.
            isTidy = false;
            if (State.Status is JobStatus.Paused or JobStatus.Failed)
            {
                (State.Status, State.Message, State.Ended, State.Failed, isEndUnsaved) = (JobStatus.Running, null, null, 0, false);
                await Save();
            }

            return true;
        }
        finally
        {
            ending.Release();
        }
    }

    /// <summary>Writes that it has ended.</summary>
    /// <param name="status">How.</param>
    /// <param name="describe">The job as it is.</param>
    public async Task End(JobStatus status, Func<JobDescription> describe)
    {
        (State.Failed, State.Ended, isEndUnsaved) = (describe().ItemsFailed, time.GetUtcNow(), true);
        State.Status = status;
        await Save();
        isEndUnsaved = false;
        await Tidy(describe, CancellationToken.None);
    }

    /// <summary>Lets go of what a job needs only while it runs; again after a crash between this and its end.</summary>
    public async Task Tidy(Func<JobDescription> describe, CancellationToken cancellation)
    {
        await ending.WaitAsync(cancellation);
        try
        {
            // Another call may have resumed or deleted it, or have done this, while this one waited.
            if (State.Ended is null || Plan is null || isTidy)
                return;

            // What is written here says that it has ended; the state, which would begin it again, must not say otherwise.
            if (isEndUnsaved)
                await Save();
            isEndUnsaved = false;

            // A job that failed can be resumed, and then searches what it searched before.
            if (State.Status != JobStatus.Failed && Plan.Kind == JobKind.Rank)
                await SegmentCollector.Unpin(store, Plan.Corpus!, JobPaths.PinOf(Plan.Corpus!, id), cancellation);

            // As long as it is not open it is as it is now: who lists the jobs need not wake it. One of an end before this one is replaced.
            await store.Write(JobPaths.EndedOf(id), JobJson.ToBytes(describe()), WriteCondition.None, cancellation);
            await store.Delete(JobPaths.OpenOf(id), cancellation);
            isTidy = true;
        }
        finally
        {
            ending.Release();
        }
    }

    /// <summary>Deletes all of it; false if there is none.</summary>
    public async Task<bool> Delete(CancellationToken cancellation)
    {
        await ending.WaitAsync(cancellation);
        try
        {
            if (Plan is not { } plan)
                return false;

            // The plan first: with it gone the job is gone, whatever breaks off after it.
            await store.Delete(JobPaths.PlanOf(id), cancellation);
            Plan = null;
            await state.ClearStateAsync(cancellation);
            await JobFiles.Delete(store, id, new JobIndexEntry(plan.Kind, plan.Corpus, plan.KeyHash), cancellation);
            return true;
        }
        finally
        {
            ending.Release();
        }
    }

    /// <summary>Clears a state that a deletion which broke off has left.</summary>
    public Task DropLeftover(CancellationToken cancellation) => state.RecordExists ? state.ClearStateAsync(cancellation) : Task.CompletedTask;
}
