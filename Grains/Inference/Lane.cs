using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// A bounded queue with threads of its own. Native and long work runs here, so that neither the thread pool nor any grain waits for it;
/// what cannot be finished in time is refused at the door instead of growing the queue. Interactive work overtakes that of jobs
/// (<see cref="Deadline.Background"/>); among its own kind the order is kept.
/// </summary>
public sealed class Lane : IDisposable
{
    readonly string name;
    readonly int capacity;
    readonly object gate = new();
    readonly Line interactive = new();
    readonly Line background = new();
    readonly Thread[] threads;
    long runningMs;
    bool stopped;

    /// <summary>Starts a lane.</summary>
    /// <param name="name">For messages and thread names.</param>
    /// <param name="threads">Threads; each runs one piece of work at a time.</param>
    /// <param name="capacity">Pieces of work of either kind that may wait.</param>
    public Lane(string name, int threads, int capacity)
    {
        (this.name, this.capacity) = (name, capacity);
        this.threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"{name} {i}" })];
        foreach (var thread in this.threads)
            thread.Start();
    }

    /// <summary>Pieces of work waiting, of both kinds.</summary>
    public int QueueLength => Length(background: false) + Length(background: true);

    /// <summary>Estimated time until new interactive work would begin, in milliseconds: work of jobs does not stand before it.</summary>
    public int QueueMs
    {
        get
        {
            lock (gate)
                return WaitMs(background: false);
        }
    }

    /// <summary>Pieces of work of one kind that wait.</summary>
    public int Length(bool background)
    {
        lock (gate)
            return LineOf(background).Entries.Count;
    }

    /// <summary>Runs work on the lane.</summary>
    /// <param name="work">What to do; exceptions reach the awaiting caller.</param>
    /// <param name="costMs">Estimated time of it, in milliseconds.</param>
    /// <param name="deadline">Work that cannot be done by then is refused, or skipped when its turn comes too late.</param>
    /// <param name="cancellation">Takes the work out of the queue; work that runs is not interrupted.</param>
    public async Task<CallOutcome<T>> Run<T>(Func<T> work, int costMs, Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource<CallOutcome<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var entry = new Entry(costMs, deadline.Background, () => Execute(work, deadline, done), () => done.TrySetResult(Stopped<T>()));
        if (Enqueue(entry, deadline) is { } refusal)
            return refusal.As<T>();
        using var registration = cancellation.Register(() =>
        {
            Withdraw(entry);
            done.TrySetCanceled(cancellation);
        });
        return await done.Task;
    }

    /// <summary>Stops: running work ends, waiting work is answered with <see cref="CallStatus.ModelUnavailable"/>.</summary>
    public void Dispose()
    {
        Entry[] left;
        lock (gate)
        {
            stopped = true;
            left = [.. interactive.Entries, .. background.Entries];
            interactive.Clear();
            background.Clear();
            Monitor.PulseAll(gate);
        }

        foreach (var entry in left)
            entry.Abandon();
        foreach (var thread in threads.Where(thread => thread != Thread.CurrentThread))
            thread.Join();
    }

    /// <summary>Null when the work was taken, else the refusal.</summary>
    CallOutcome<object>? Enqueue(Entry entry, Deadline deadline)
    {
        lock (gate)
        {
            if (stopped)
                return Stopped<object>();
            var (line, waitMs) = (LineOf(entry.Background), WaitMs(entry.Background));
            if (line.Entries.Count >= capacity || (waitMs > 0 && waitMs + entry.CostMs > deadline.RemainingMs))
            {
                return CallOutcomes.Failed<object>(
                    CallStatus.Overloaded, $"The {name} queue has {line.Entries.Count} requests waiting, about {waitMs} ms of work.", Math.Max(100, waitMs / 2));
            }

            line.Add(entry);
            Monitor.Pulse(gate);
            return null;
        }
    }

    /// <summary>Takes work that still waits out of its line, so that nobody is refused because of it.</summary>
    void Withdraw(Entry entry)
    {
        lock (gate)
            LineOf(entry.Background).Remove(entry);
    }

    void Work()
    {
        while (Next() is { } entry)
        {
            entry.Run();
            lock (gate)
                runningMs -= entry.CostMs;
        }
    }

    Entry? Next()
    {
        lock (gate)
        {
            while (interactive.Entries.Count + background.Entries.Count == 0 && !stopped)
                Monitor.Wait(gate);
            if (stopped)
                return null;
            var next = (interactive.Entries.First ?? background.Entries.First)!.Value;
            LineOf(next.Background).Remove(next);
            runningMs += next.CostMs;
            return next;
        }
    }

    Line LineOf(bool isBackground) => isBackground ? background : interactive;

    /// <summary>Estimated time of all that stands before new work of a kind.</summary>
    int WaitMs(bool background) =>
        (int)Math.Min(int.MaxValue, (runningMs + interactive.CostMs + (background ? this.background.CostMs : 0)) / threads.Length);

    static void Execute<T>(Func<T> work, Deadline deadline, TaskCompletionSource<CallOutcome<T>> done)
    {
        if (done.Task.IsCompleted)
            return;
        if (deadline.Expired)
        {
            done.TrySetResult(CallOutcomes.Failed<T>(CallStatus.TimedOut, "The deadline passed while the request waited."));
            return;
        }

        try
        {
            done.TrySetResult(CallOutcomes.Done(work()));
        }
        catch (Exception e)
        {
            done.TrySetException(e);
        }
    }

    CallOutcome<T> Stopped<T>() => CallOutcomes.Failed<T>(CallStatus.ModelUnavailable, $"The {name} lane has stopped.");

    sealed class Entry(int costMs, bool background, Action run, Action abandon)
    {
        public int CostMs => costMs;

        public bool Background => background;

        public void Run() => run();

        public void Abandon() => abandon();
    }

    /// <summary>Work of one kind, first come first served.</summary>
    sealed class Line
    {
        public LinkedList<Entry> Entries { get; } = [];

        public long CostMs { get; private set; }

        public void Add(Entry entry)
        {
            Entries.AddLast(entry);
            CostMs += entry.CostMs;
        }

        public void Remove(Entry entry)
        {
            if (Entries.Remove(entry))
                CostMs -= entry.CostMs;
        }

        public void Clear()
        {
            Entries.Clear();
            CostMs = 0;
        }
    }
}
