using Microsoft.Extensions.Logging;
using MplugCluster.Grains.Corpora.Maintenance;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Storage;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace MplugCluster.Grains.Jobs;

/// <inheritdoc cref="IJobGrain"/>
/// <remarks>Reentrant: the runner goes on between the calls. What it knows is in <see cref="JobRunner"/>; here is when it runs.</remarks>
[Reentrant]
sealed partial class JobGrain(
    [PersistentState("job")] IPersistentState<JobState> state,
    IObjectStore store,
    IDeviceRingSource rings,
    IPartCaller caller,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    TimeProvider time,
    ILogger<JobGrain> logger) : Grain, IJobGrain
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan StayFor = TimeSpan.FromMinutes(10);

    /// <summary>Longest wait of a pause for what is in flight; it lands all the same.</summary>
    static readonly TimeSpan PauseWait = TimeSpan.FromSeconds(20);

    /// <summary>Calls write the state beside the runner.</summary>
    readonly SemaphoreSlim saving = new(1, 1);

    /// <summary>What belongs to a job that has ended is written and taken away by one call at a time.</summary>
    readonly SemaphoreSlim ending = new(1, 1);

    JobPlan? plan;
    JobRunner? runner;
    Task running = Task.CompletedTask;
    CancellationTokenSource stop = new();
    CancellationTokenSource abort = new();
    bool isHalted;
    bool isTidy;

    /// <summary>Whether it has ended, but the state in the store does not say so yet.</summary>
    bool isEndUnsaved;

    string Id => this.GetPrimaryKeyString();

    public async Task<JobReply> Describe(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status == JobStatus.Running && running.IsCompleted && !isHalted)
            Begin();
        else if (runner is null)
            await Look(cancellation);
        if (state.State.Ended is not null && !isTidy)
            await Tidy(cancellation);
        return Described();
    }

    public async Task<JobReply> Pause(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status is not (JobStatus.Running or JobStatus.Paused))
            return Conflict("paused");

        // The status first: a scan that looks while things land must not begin again.
        state.State.Status = JobStatus.Paused;
        await stop.CancelAsync();
        await Task.WhenAny(running, Task.Delay(PauseWait, time, cancellation));
        await Save();
        return Described();
    }

    public async Task<JobReply> Resume(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status is JobStatus.Done or JobStatus.Cancelled)
            return Conflict("resumed");
        await ending.WaitAsync(cancellation);
        try
        {
            // Also of a job that runs: a resume before this one may have broken off.
            if (plan is null)
                return NotFound();
            if (state.State.Status is JobStatus.Done or JobStatus.Cancelled)
                return Conflict("resumed");
            await store.Write(JobPaths.OpenOf(Id), JobJson.ToBytes(plan.Kind), WriteCondition.None, cancellation);
            await store.Delete(JobPaths.EndedOf(Id), cancellation);

            // What ends meanwhile tidies up after this.
            isTidy = false;
            if (state.State.Status is not (JobStatus.Running or JobStatus.Done or JobStatus.Cancelled))
            {
                (state.State.Message, state.State.Ended, state.State.Failed, isEndUnsaved) = (null, null, 0, false);
                await Become(JobStatus.Running);
            }
        }
        finally
        {
            ending.Release();
        }

        if (state.State.Status == JobStatus.Running && running.IsCompleted)
            Begin();
        return Described();
    }

    public async Task<JobReply> Cancel(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status is JobStatus.Done or JobStatus.Failed)
            return Conflict("cancelled");
        await Halt();

        // It may have ended by itself before it was stopped.
        if (state.State.Status is JobStatus.Done or JobStatus.Failed)
        {
            isHalted = false;
            return Conflict("cancelled");
        }

        if (state.State.Status != JobStatus.Cancelled)
        {
            await Recount(cancellation);
            await End(JobStatus.Cancelled);
        }

        return Described();
    }

    public async Task<JobReply> Delete(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
        {
            // Left by a deletion that broke off.
            if (state.RecordExists)
                await state.ClearStateAsync(cancellation);
            return NotFound();
        }

        await Halt();
        await ending.WaitAsync(cancellation);
        try
        {
            if (plan is null)
                return NotFound();
            var last = Described();
            var entry = new JobIndexEntry(plan.Kind, plan.Corpus, plan.KeyHash);

            // The plan first: with it gone the job is gone, whatever breaks off after it.
            await store.Delete(JobPaths.PlanOf(Id), cancellation);
            (plan, runner) = (null, null);
            DeactivateOnIdle();
            await state.ClearStateAsync(cancellation);
            await JobFiles.Delete(store, Id, entry, cancellation);
            isHalted = false;
            return last;
        }
        finally
        {
            ending.Release();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await abort.CancelAsync();

        // What is in flight is taken back before the state is left to the next activation, which would think it lost.
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, cancellationToken));
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    async Task<bool> Find(CancellationToken cancellation)
    {
        plan ??= await store.Read(JobPaths.PlanOf(Id), cancellation) is { } stored ? JobJson.Read<JobPlan>(stored.Content) : null;
        return plan is not null;
    }

    void Begin()
    {
        (stop, abort) = (new CancellationTokenSource(), new CancellationTokenSource());
        running = Work(stop.Token, abort.Token);
    }

    /// <summary>Runs until the job ends or is told to stop. A store that fails is waited for; what is in flight meanwhile is sent again, which does no harm.</summary>
    async Task Work(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                DelayDeactivation(StayFor);
                runner = NewRunner();
                if (await runner.Run(stopping, aborting) is { } ended)
                {
                    await End(ended);
                    return;
                }
            }
            catch (StoreException e)
            {
                LogStore(Id, e.Message);

                // What was in flight is sent again and has lost nobody: the next runner must not count it.
                state.State.InFlight.Clear();
                state.State.Message = $"{e.Message} It is tried again.";
                await Task.WhenAny(Task.Delay(RetryDelay, time, stopping));
            }
            catch (InconsistentStateException)
            {
                // Another activation has taken over; its files and this one's are the same.
                DeactivateOnIdle();
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A fault of the program, which would come back each time. That it has ended is written with the next look at it, if not now.
                LogFault(e, Id);
                state.State.Message = $"The job failed in a way nobody foresaw: {e.Message}";
                state.State.Status = JobStatus.Failed;
                await TryEnd();
                return;
            }
        }
    }

    async Task TryEnd()
    {
        try
        {
            await End(JobStatus.Failed);
        }
        catch (StoreException e)
        {
            LogStore(Id, e.Message);
        }
    }

    /// <summary>One write after the other: each needs the ETag of the one before.</summary>
    async Task Save()
    {
        await saving.WaitAsync();
        try
        {
            (state.State.Home, state.State.HomeAddress) = (silo.Name, silo.SiloAddress.ToParsableString());
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

    async Task Become(JobStatus status)
    {
        state.State.Status = status;
        await Save();
    }

    /// <summary>Ends the work for good: nothing begins it again while it is being cancelled or deleted.</summary>
    async Task Halt()
    {
        isHalted = true;
        await stop.CancelAsync();
        await abort.CancelAsync();
        await Task.WhenAny(running);
    }

    async Task End(JobStatus status)
    {
        state.State.Failed = runner?.Describe().ItemsFailed ?? 0;
        state.State.Ended = time.GetUtcNow();
        isEndUnsaved = true;
        await Become(status);
        isEndUnsaved = false;
        await Tidy(CancellationToken.None);
    }

    /// <summary>Lets go of what a job needs only while it runs; again after a crash between this and its end.</summary>
    async Task Tidy(CancellationToken cancellation)
    {
        await ending.WaitAsync(cancellation);
        try
        {
            // Another call may have resumed or deleted it, or have done this, while this one waited.
            if (state.State.Ended is null || plan is null || isTidy)
                return;

            // What is written here says that it has ended; the state, which would begin it again, must not say otherwise.
            if (isEndUnsaved)
                await Save();
            isEndUnsaved = false;

            // A job that failed can be resumed, and then searches what it searched before.
            if (state.State.Status != JobStatus.Failed && plan.Kind == JobKind.Rank)
                await SegmentCollector.Unpin(store, plan.Corpus!, JobPaths.PinOf(plan.Corpus!, Id), cancellation);

            // As long as it is not open it is as it is now: who lists the jobs need not wake it. One of an end before this one is replaced.
            await store.Write(JobPaths.EndedOf(Id), JobJson.ToBytes(Described().Job!), WriteCondition.None, cancellation);
            await store.Delete(JobPaths.OpenOf(Id), cancellation);
            isTidy = true;
        }
        finally
        {
            ending.Release();
        }
    }

    /// <summary>The runner of a job that is being cancelled may not have looked yet, or there is none; if the store fails, the job goes on.</summary>
    async Task Recount(CancellationToken cancellation)
    {
        try
        {
            runner ??= NewRunner();
            await runner.Look(cancellation);
        }
        catch
        {
            isHalted = false;
            throw;
        }
    }

    /// <summary>A job that does not run is described by what the store has.</summary>
    async Task Look(CancellationToken cancellation)
    {
        var looking = NewRunner();
        await looking.Look(cancellation);
        runner ??= looking;
    }

    JobRunner NewRunner() => new(plan!, state.State, HomeDied(), Save, store, rings, caller, time);

    /// <summary>Whether the silo of the activation that wrote the state is gone; a later state is this activation's own.</summary>
    bool HomeDied() => state.State.HomeAddress.Length > 0 && state.State.HomeAddress != silo.SiloAddress.ToParsableString()
        && membership.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(state.State.HomeAddress)) is SiloStatus.Dead or SiloStatus.None;

    JobReply Described() => new(JobCallStatus.Ok, (runner ?? NewRunner()).Describe());

    JobReply NotFound() => new(JobCallStatus.NotFound, null, $"There is no job '{Id}'.");

    JobReply Conflict(string verb) => new(
        JobCallStatus.Conflict, Described().Job, $"Job '{Id}' cannot be {verb}: it is {state.State.Status.ToString().ToLowerInvariant()}.");

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: {Reason}")]
    partial void LogStore(string job, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed")]
    partial void LogFault(Exception exception, string job);
}
