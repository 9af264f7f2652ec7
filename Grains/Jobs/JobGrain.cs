using Microsoft.Extensions.Logging;
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
    TimeProvider time,
    ILogger<JobGrain> logger) : Grain, IJobGrain
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan StayFor = TimeSpan.FromMinutes(10);

    JobPlan? plan;
    JobRunner? runner;
    Task running = Task.CompletedTask;
    CancellationTokenSource stop = new();
    CancellationTokenSource abort = new();

    string Id => this.GetPrimaryKeyString();

    public async Task<JobReply> Describe(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status == JobStatus.Running && running.IsCompleted)
            Begin();
        else if (runner is null)
            await Look(cancellation);
        return Described();
    }

    public async Task<JobReply> Pause(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status is not (JobStatus.Running or JobStatus.Paused))
            return Conflict("paused");
        await stop.CancelAsync();
        await running.WaitAsync(cancellation);
        if (state.State.Status == JobStatus.Running)
            await Become(JobStatus.Paused);
        return Described();
    }

    public async Task<JobReply> Resume(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        if (state.State.Status is JobStatus.Done or JobStatus.Cancelled)
            return Conflict("resumed");
        if (state.State.Status != JobStatus.Running)
        {
            await store.Write(JobPaths.OpenOf(Id), JobJson.ToBytes(plan!.Kind), WriteCondition.None, cancellation);
            (state.State.Message, state.State.Ended) = (null, null);
            await Become(JobStatus.Running);
        }

        if (running.IsCompleted)
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
        if (state.State.Status != JobStatus.Cancelled)
            await End(JobStatus.Cancelled);
        return Described();
    }

    public async Task<JobReply> Delete(CancellationToken cancellation = default)
    {
        if (!await Find(cancellation))
            return NotFound();
        await Halt();
        var last = Described();

        // The index entry goes first: with it gone the job is gone, and a part that still runs somewhere finds no plan to go on with.
        await store.Delete(JobPaths.IndexOf(Id), cancellation);
        await store.Delete(JobPaths.OpenOf(Id), cancellation);
        await store.Delete(JobPaths.PlanOf(Id), cancellation);
        if (plan!.Corpus is { } corpus)
            await store.Delete(JobPaths.PinOf(corpus, Id), cancellation);
        await foreach (var file in store.List(JobPaths.FolderOf(Id), cancellation))
            await store.Delete(file.Path, cancellation);
        await state.ClearStateAsync(cancellation);
        plan = null;
        DeactivateOnIdle();
        return last;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await abort.CancelAsync();
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
        }
    }

    Task Save()
    {
        state.State.Home = silo.Name;
        return state.WriteStateAsync();
    }

    async Task Become(JobStatus status)
    {
        state.State.Status = status;
        await Save();
    }

    async Task Halt()
    {
        await stop.CancelAsync();
        await abort.CancelAsync();
        await running;
    }

    async Task End(JobStatus status)
    {
        state.State.Ended = time.GetUtcNow();
        await Become(status);

        // A job that failed can be resumed, and then searches what it searched before.
        if (status != JobStatus.Failed && plan!.Kind == JobKind.Rank)
            await store.Delete(JobPaths.PinOf(plan.Corpus!, Id));
        await store.Delete(JobPaths.OpenOf(Id));
    }

    /// <summary>A job that does not run is described by what the store has.</summary>
    async Task Look(CancellationToken cancellation)
    {
        var looking = NewRunner();
        await looking.Look(cancellation);
        runner ??= looking;
    }

    JobRunner NewRunner() => new(plan!, state.State, Save, store, rings, caller, time);

    JobReply Described() => new(JobCallStatus.Ok, (runner ?? NewRunner()).Describe());

    JobReply NotFound() => new(JobCallStatus.NotFound, null, $"There is no job '{Id}'.");

    JobReply Conflict(string verb) => new(
        JobCallStatus.Conflict, Described().Job, $"Job '{Id}' cannot be {verb}: it is {state.State.Status.ToString().ToLowerInvariant()}.");

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: {Reason}")]
    partial void LogStore(string job, string reason);
}
