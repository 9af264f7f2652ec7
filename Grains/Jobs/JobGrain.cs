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
/// <remarks>
/// Reentrant: the runner goes on between the calls. How a job runs is in <see cref="JobRunner"/>, what is kept of it in <see cref="JobRecord"/>; here is
/// when it runs.
/// </remarks>
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

    JobRunner? runner;
    Task running = Task.CompletedTask;
    CancellationTokenSource stop = new();
    CancellationTokenSource abort = new();
    bool isHalted;

    string Id => this.GetPrimaryKeyString();

    JobRecord Record => field ??= new JobRecord(Id, state, store, silo, time);

    JobState State => Record.State;

    public async Task<JobReply> Describe(CancellationToken cancellation = default)
    {
        if (!await Record.Find(cancellation))
            return NotFound();
        if (State.Status == JobStatus.Running && running.IsCompleted && !isHalted)
            Begin();
        else if (runner is null)
            await Look(cancellation);
        if (Record.IsUntidy)
            await Record.Tidy(Description, cancellation);
        return Described();
    }

    public async Task<JobReply> Pause(CancellationToken cancellation = default)
    {
        if (!await Record.Find(cancellation))
            return NotFound();
        if (State.Status is not (JobStatus.Running or JobStatus.Paused))
            return Conflict("paused");

        // The status first: a scan that looks while things land must not begin again.
        State.Status = JobStatus.Paused;
        await stop.CancelAsync();
        await Task.WhenAny(running, Task.Delay(PauseWait, time, cancellation));
        await Record.Save();
        return Described();
    }

    public async Task<JobReply> Resume(CancellationToken cancellation = default)
    {
        if (!await Record.Find(cancellation))
            return NotFound();
        if (!await Record.Reopen(cancellation))
            return Record.Plan is null ? NotFound() : Conflict("resumed");
        if (State.Status == JobStatus.Running && running.IsCompleted)
            Begin();
        return Described();
    }

    public async Task<JobReply> Cancel(CancellationToken cancellation = default)
    {
        if (!await Record.Find(cancellation))
            return NotFound();
        if (State.Status is JobStatus.Done or JobStatus.Failed)
            return Conflict("cancelled");
        await Halt();

        // It may have ended by itself before it was stopped.
        if (State.Status is JobStatus.Done or JobStatus.Failed)
        {
            isHalted = false;
            return Conflict("cancelled");
        }

        if (State.Status != JobStatus.Cancelled)
        {
            await Recount(cancellation);
            await Record.End(JobStatus.Cancelled, Description);
        }

        return Described();
    }

    public async Task<JobReply> Delete(CancellationToken cancellation = default)
    {
        if (!await Record.Find(cancellation))
        {
            await Record.DropLeftover(cancellation);
            return NotFound();
        }

        await Halt();
        if (Record.Plan is null)
            return NotFound();
        var last = Described();

        // However far the deletion comes, the next activation begins with what the store then says.
        DeactivateOnIdle();
        if (!await Record.Delete(cancellation))
            return NotFound();
        (runner, isHalted) = (null, false);
        return last;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await abort.CancelAsync();

        // What is in flight is taken back before the state is left to the next activation, which would think it lost.
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, cancellationToken));
        await base.OnDeactivateAsync(reason, cancellationToken);
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
                    await Record.End(ended, Description);
                    return;
                }
            }
            catch (StoreException e)
            {
                LogStore(Id, e.Message);

                // What was in flight is sent again and has lost nobody: the next runner must not count it.
                State.InFlight.Clear();
                State.Message = $"{e.Message} It is tried again.";
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
                State.Message = $"The job failed in a way nobody foresaw: {e.Message}";
                State.Status = JobStatus.Failed;
                await TryEnd();
                return;
            }
        }
    }

    async Task TryEnd()
    {
        try
        {
            await Record.End(JobStatus.Failed, Description);
        }
        catch (StoreException e)
        {
            LogStore(Id, e.Message);
        }
    }

    /// <summary>Ends the work for good: nothing begins it again while it is being cancelled or deleted.</summary>
    async Task Halt()
    {
        isHalted = true;
        await stop.CancelAsync();
        await abort.CancelAsync();
        await Task.WhenAny(running);
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

    JobRunner NewRunner() => new(Record.Plan!, State, HomeDied(), Record.Save, store, rings, caller, time);

    /// <summary>Whether the silo of the activation that wrote the state is gone; a later state is this activation's own.</summary>
    bool HomeDied() => State.HomeAddress.Length > 0 && State.HomeAddress != silo.SiloAddress.ToParsableString()
        && membership.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(State.HomeAddress)) is SiloStatus.Dead or SiloStatus.None;

    JobDescription Description() => (runner ?? NewRunner()).Describe();

    JobReply Described() => new(JobCallStatus.Ok, Description());

    JobReply NotFound() => new(JobCallStatus.NotFound, null, $"There is no job '{Id}'.");

    JobReply Conflict(string verb) => new(
        JobCallStatus.Conflict, Description(), $"Job '{Id}' cannot be {verb}: it is {State.Status.ToString().ToLowerInvariant()}.");

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: {Reason}")]
    partial void LogStore(string job, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed")]
    partial void LogFault(Exception exception, string job);
}
