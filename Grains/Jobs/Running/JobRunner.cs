using System.Globalization;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Placement;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>
/// Runs one job: keeps a few parts in flight on every device until all blocks have their rows. It holds nothing that is not in the store too,
/// so that another runner can go on at any moment, and two at once do no harm.
/// </summary>
/// <param name="plan">The job.</param>
/// <param name="state">What is remembered of it.</param>
/// <param name="homeDied">Whether the silo of the runner before is gone, and parts that it had in flight there with it.</param>
/// <param name="save">Writes the state; throws when another runner has written it.</param>
/// <param name="store">Where its files are.</param>
/// <param name="rings">The devices.</param>
/// <param name="caller">Sends parts to them.</param>
/// <param name="time">The clock.</param>
sealed class JobRunner(
    JobPlan plan, JobState state, bool homeDied, Func<Task> save, IObjectStore store, IDeviceRingSource rings, IPartCaller caller, TimeProvider time)
{
    /// <summary>Blocks that are open at a time, at most; more only hold memory.</summary>
    const int MaxOpenBlocks = 8;

    /// <summary>Losses of a device after which a part is suspected.</summary>
    const int LossesToSuspect = 2;

    /// <summary>Losses of a device after which a part that cannot be searched for a culprit ends the job.</summary>
    const int LossesToGiveUp = 5;

    /// <summary>Failures to read the input after which the job fails: whoever submitted it still waits to hear of it.</summary>
    const int MostInputFailures = 3;

    /// <summary>Time for one part; reading the input may list millions of objects.</summary>
    const int PartBudgetMs = 5 * 60_000;
    const int InputBudgetMs = 5 * 60 * 60_000;

    /// <summary>Time after which a runner looks whether a device may have rested enough.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    readonly List<Flight> flights = [];
    readonly SortedDictionary<int, OpenBlock> open = [];
    readonly DeviceChoice devices = new(time);
    readonly SortedSet<int> finished = [];
    readonly JobProgress progress = new(plan, time);
    JobShape? shape;
    int nextBlock;
    int inputFailures;

    /// <summary>The job as it is now.</summary>
    public JobDescription Describe() => progress.Describe(state, shape, finished, open.Values);

    /// <summary>Runs until the job has ended, or until it is told to stop; what is in flight then lands first.</summary>
    /// <returns>Done or Failed; null when it was told to stop.</returns>
    /// <param name="stop">Ends the run after what is in flight.</param>
    /// <param name="abort">Ends what is in flight, too.</param>
    public async Task<JobStatus?> Run(CancellationToken stop, CancellationToken abort)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(abort);
        try
        {
            return await RunToEnd(stop, ending.Token);
        }
        finally
        {
            // A run that failed leaves nobody behind that still writes.
            await ending.CancelAsync();
            await Task.WhenAll(flights.Select(flight => flight.Call));
        }
    }

    async Task<JobStatus?> RunToEnd(CancellationToken stop, CancellationToken abort)
    {
        await Look(abort);
        await CountLosses(abort);
        await DropLeftovers(abort);
        while (!stop.IsCancellationRequested)
        {
            await Open(abort);
            if (shape is not null && finished.Count == shape.Blocks && flights.Count == 0)
                return JobStatus.Done;
            var changed = rings.Changed;
            await Send(stop, abort);
            await WaitForNews(changed, stop);
            foreach (var landed in flights.Where(flight => flight.Call.IsCompleted).ToList())
            {
                flights.Remove(landed);
                if (await Land(landed, await landed.Call, abort) is { } fatal)
                {
                    state.Message = fatal;
                    state.InFlight.Clear();
                    return JobStatus.Failed;
                }
            }
        }

        foreach (var flight in flights)
            await Land(flight, await flight.Call, CancellationToken.None);
        await save();
        return null;
    }

    /// <summary>Looks at what the store has.</summary>
    public async Task Look(CancellationToken cancellation)
    {
        if (await JobInputWriter.Find(store, plan, cancellation) is { } input)
            Enter(input);
        await foreach (var rows in store.List($"{JobPaths.FolderOf(plan.Id)}/rows", cancellation))
            finished.Add(int.Parse(Path.GetFileNameWithoutExtension(rows.Path), CultureInfo.InvariantCulture));
        progress.Failed = state.Failed;
        if (state.Ended is not null)
            return;
        foreach (var block in finished)
        {
            if (await store.Read(JobPaths.ErrorsOf(plan.Id, block), cancellation) is { Content.Length: > 0 } report)
                progress.Failed += ErrorLine.CountItems(report.Content);
        }
    }

    /// <summary>A part that was in flight on the silo that went down with the runner before, and has no file, has seen a loss.</summary>
    async Task CountLosses(CancellationToken cancellation)
    {
        foreach (var (key, device) in state.InFlight)
        {
            if (homeDied && RingDevice.Parse(device).Silo == state.Home && !await IsDone(PartKey.Parse(key), cancellation))
                Lose(key);
        }

        state.InFlight.Clear();
    }

    /// <summary>A runner that died between a block's rows and the end of its parts' files has left them.</summary>
    async Task DropLeftovers(CancellationToken cancellation)
    {
        var parts = JobPaths.PartsOf(plan.Id);
        await foreach (var file in store.List(parts, cancellation))
        {
            if (finished.Contains(int.Parse(file.Path[(parts.Length + 1)..].Split('/')[0], CultureInfo.InvariantCulture)))
                await store.Delete(file.Path, cancellation);
        }
    }

    void Enter(InputSummary input)
    {
        shape = new JobShape(plan, input);
        progress.Items = plan.Kind == JobKind.Evaluate ? input.Items + input.Captions : input.Items;
    }

    async Task<bool> IsDone(PartKey key, CancellationToken cancellation) => key.Block < 0
        ? shape is not null
        : finished.Contains(key.Block) || await store.Head(JobPaths.PartOf(plan.Id, key.Block, key.Stage, key.Part), cancellation) is not null;

    /// <summary>Opens blocks as long as the open ones leave devices without work.</summary>
    async Task Open(CancellationToken cancellation)
    {
        var wanted = DeviceChoice.PartsPerDevice * Math.Max(1, rings.Current.Devices.Count);
        while (shape is not null && nextBlock < shape.Blocks && open.Count < MaxOpenBlocks && Ready().Take(wanted).Count() < wanted)
        {
            if (!finished.Contains(nextBlock))
                await Place(await OpenBlock.Open(plan, shape, nextBlock, store, cancellation), cancellation);
            nextBlock++;
        }
    }

    async Task Place(OpenBlock block, CancellationToken cancellation)
    {
        if (block.IsFinished)
            await Finish(block, cancellation);
        else
            open[block.Number] = block;
    }

    /// <summary>Parts that could be sent now, in order.</summary>
    IEnumerable<PartKey> Ready() => shape is null
        ? flights.Count == 0 ? [PartKey.Input] : []
        : open.Values.Where(MayGoOn).SelectMany(block => block.Waiting).Where(key => flights.All(flight => flight.Key != key));

    bool MayGoOn(OpenBlock block) => !shape!.InOrder || block.Stage < shape.LastStage || block.Number == 0 || finished.Contains(block.Number - 1);

    async Task Send(CancellationToken stop, CancellationToken abort)
    {
        var ring = rings.Current;
        state.Message = ring.Devices.Count == 0 ? "It waits for a device." : state.Message;
        var chosen = devices.Choose(ring, [.. flights.Select(flight => flight.Device.Key)], Ready(), Suspects().Cast<PartKey?>().FirstOrDefault(), PlaceOf);
        if (chosen.Count == 0 || stop.IsCancellationRequested)
            return;
        foreach (var (key, device) in chosen)
            state.InFlight[key.ToString()] = device.Key;

        // Before anything is sent: a runner that comes after this one must know what it may have died of.
        await save();
        foreach (var (key, device) in chosen)
            flights.Add(new Flight(key, device, caller.Call(device, Request(key), abort)));
    }

    IEnumerable<PartKey> Suspects() => Ready().Where(key =>
        state.Losses.GetValueOrDefault(key.ToString()) >= LossesToSuspect && !(state.Suspicions.GetValueOrDefault(key.ToString())?.IsOver ?? false));

    PartRequest Request(PartKey key)
    {
        var request = new PartRequest(plan.Id, key.Block, key.Stage, key.Part, key.Block < 0 ? InputBudgetMs : PartBudgetMs, []);
        if (state.Losses.GetValueOrDefault(key.ToString()) < LossesToSuspect || !Bisects(key))
            return request;
        if (!state.Suspicions.TryGetValue(key.ToString(), out var suspicion))
            state.Suspicions[key.ToString()] = suspicion = new Suspicion();
        request = request with { Poisoned = [.. suspicion.Poisoned] };
        return suspicion.IsOver ? request : request with { ProbeFrom = suspicion.Next.From, ProbeTo = suspicion.Next.To };
    }

    bool Bisects(PartKey key) => key.Block >= 0 && shape!.Stages[key.Stage].Bisects;

    string PlaceOf(PartKey key) =>
        key.Block < 0 ? $"job/{plan.Id}" : JobShape.PlaceOf(key.Block, key.Part, open[key.Block].Parts);

    async Task WaitForNews(Task changed, CancellationToken stop)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny([changed, Task.Delay(Glance, time, done.Token), .. flights.Select(flight => (Task)flight.Call)]);
        await done.CancelAsync();
    }

    /// <summary>Takes an answer; a text if the job cannot go on.</summary>
    async Task<string?> Land(Flight flight, PartLanding landing, CancellationToken cancellation)
    {
        var key = flight.Key.ToString();
        state.InFlight.Remove(key);
        if (landing.Reply is not { } reply)
        {
            state.Message = landing.Message;
            devices.Rest(flight.Device, TimeSpan.Zero);
            if (landing.DeviceLost)
                Lose(key);
            return GiveUp(flight.Key, landing);
        }

        if (reply.Fatal is not null)
            return reply.Fatal;
        switch (reply.Reply.Status)
        {
            case CallStatus.Ok:
                state.Message = null;
                devices.Clear(flight.Device);
                await Take(flight.Key, reply, cancellation);
                return null;
            case CallStatus.WrongModel:
                return reply.Reply.Message;
            case CallStatus.ModelUnavailable or CallStatus.TimedOut when flight.Key == PartKey.Input && ++inputFailures == MostInputFailures:
                return reply.Reply.Message;
            default:
                state.Message = reply.Reply.Message;
                devices.Rest(flight.Device, TimeSpan.FromMilliseconds(reply.Reply.RetryAfterMs));
                return null;
        }
    }

    /// <summary>Why a part that does not come back ends the job; null while it can be tried again.</summary>
    string? GiveUp(PartKey key, PartLanding landing)
    {
        if (key == PartKey.Input && !landing.DeviceLost)
            return ++inputFailures == MostInputFailures ? $"The input could not be read: {landing.Message}" : null;
        var losses = state.Losses.GetValueOrDefault(key.ToString());
        return (!Bisects(key) && losses >= LossesToGiveUp) || state.Suspicions.GetValueOrDefault(key.ToString()) is { IsHopeless: true }
            ? $"{(key.Block < 0 ? "Reading the input" : $"Stage '{shape!.Stages[key.Stage].Name}' of block {key.Block}")} took its silo down {losses} times."
            : null;
    }

    async Task Take(PartKey key, PartReply reply, CancellationToken cancellation)
    {
        progress.Note(reply);
        if (state.Suspicions.TryGetValue(key.ToString(), out var suspicion) && !suspicion.IsOver)
        {
            suspicion.Passed(reply.Items);
            return;
        }

        state.Losses.Remove(key.ToString());
        state.Suspicions.Remove(key.ToString());
        if (key == PartKey.Input)
        {
            Enter(await JobInputWriter.Find(store, plan, cancellation) ?? throw new StoreException($"Job '{plan.Id}' lacks its input."));
            return;
        }

        var block = open[key.Block];
        await block.Finish(key, plan, store, cancellation);
        if (block.IsFinished)
        {
            progress.Failed += reply.Failed;
            await Finish(block, cancellation);
        }

        progress.NoteFraction(shape!, finished, open.Values);
    }

    /// <summary>A block that has its rows needs the files of its parts no more.</summary>
    async Task Finish(OpenBlock block, CancellationToken cancellation)
    {
        finished.Add(block.Number);
        open.Remove(block.Number);
        await foreach (var file in store.List(JobPaths.PartsOf(plan.Id, block.Number), cancellation))
            await store.Delete(file.Path, cancellation);
    }

    void Lose(string key)
    {
        if (state.Suspicions.TryGetValue(key, out var suspicion))
        {
            if (suspicion.IsOver)
                suspicion.Ranges = null;
            else
                suspicion.Lost();
        }

        state.Losses[key] = state.Losses.GetValueOrDefault(key) + 1;
    }

    sealed record Flight(PartKey Key, RingDevice Device, Task<PartLanding> Call);
}
