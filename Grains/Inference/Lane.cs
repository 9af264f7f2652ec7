using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// A bounded queue with threads of its own. Native and long work runs here, so that neither the thread pool nor any grain waits for it;
/// what cannot be finished in time is refused at the door instead of growing the queue.
/// </summary>
public sealed class Lane : IDisposable
{
    readonly string name;
    readonly int capacity;
    readonly LinkedList<Entry> queue = [];
    readonly Thread[] threads;
    long waitingMs;
    bool stopped;

    /// <summary>Starts a lane.</summary>
    /// <param name="name">For messages and thread names.</param>
    /// <param name="threads">Threads; each runs one piece of work at a time.</param>
    /// <param name="capacity">Pieces of work that may wait.</param>
    public Lane(string name, int threads, int capacity)
    {
        (this.name, this.capacity) = (name, capacity);
        this.threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"{name} {i}" })];
        foreach (var thread in this.threads)
            thread.Start();
    }

    /// <summary>Pieces of work waiting.</summary>
    public int QueueLength
    {
        get
        {
            lock (queue)
                return queue.Count;
        }
    }

    /// <summary>Estimated time until new work would begin, in milliseconds.</summary>
    public int QueueMs => (int)Math.Min(int.MaxValue, Interlocked.Read(ref waitingMs) / threads.Length);

    /// <summary>Runs work on the lane.</summary>
    /// <param name="work">What to do; exceptions reach the awaiting caller.</param>
    /// <param name="costMs">Estimated time of it, in milliseconds.</param>
    /// <param name="deadline">Work that cannot be done by then is refused, or skipped when its turn comes too late.</param>
    /// <param name="cancellation">Takes the work out of the queue; work that runs is not interrupted.</param>
    public async Task<CallOutcome<T>> Run<T>(Func<T> work, int costMs, Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource<CallOutcome<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var entry = new Entry(costMs, () => Execute(work, deadline, done), () => done.TrySetResult(Stopped<T>()));
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
        lock (queue)
        {
            stopped = true;
            left = [.. queue];
            queue.Clear();
            Monitor.PulseAll(queue);
        }

        foreach (var entry in left)
            entry.Abandon();
        foreach (var thread in threads.Where(thread => thread != Thread.CurrentThread))
            thread.Join();
    }

    /// <summary>Null when the work was taken, else the refusal.</summary>
    CallOutcome<object>? Enqueue(Entry entry, Deadline deadline)
    {
        lock (queue)
        {
            if (stopped)
                return Stopped<object>();
            if (queue.Count >= capacity || (QueueMs > 0 && QueueMs + entry.CostMs > deadline.RemainingMs))
            {
                return CallOutcomes.Failed<object>(
                    CallStatus.Overloaded, $"The {name} queue has {queue.Count} requests waiting, about {QueueMs} ms of work.", Math.Max(100, QueueMs / 2));
            }

            queue.AddLast(entry);
            Interlocked.Add(ref waitingMs, entry.CostMs);
            Monitor.Pulse(queue);
            return null;
        }
    }

    /// <summary>Takes work that still waits out of the queue, so that nobody is refused because of it.</summary>
    void Withdraw(Entry entry)
    {
        lock (queue)
        {
            if (queue.Remove(entry))
                Interlocked.Add(ref waitingMs, -entry.CostMs);
        }
    }

    void Work()
    {
        while (Next() is { } entry)
        {
            entry.Run();
            Interlocked.Add(ref waitingMs, -entry.CostMs);
        }
    }

    Entry? Next()
    {
        lock (queue)
        {
            while (queue.Count == 0 && !stopped)
                Monitor.Wait(queue);
            if (stopped)
                return null;
            var next = queue.First!.Value;
            queue.RemoveFirst();
            return next;
        }
    }

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

    sealed class Entry(int costMs, Action run, Action abandon)
    {
        public int CostMs => costMs;

        public void Run() => run();

        public void Abandon() => abandon();
    }
}
