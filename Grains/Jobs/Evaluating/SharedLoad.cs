namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>
/// Something that is loaded once for all who ask, and kept: for good, or until nobody has asked for a while. A load that failed is tried again by
/// the next caller; one whose callers have given up goes on, because the next will want it. Thread-safe.
/// </summary>
/// <param name="idle">Time after the last question at which it is let go; null: never.</param>
/// <param name="time">The clock. Default: the system's.</param>
sealed class SharedLoad<T>(TimeSpan? idle = null, TimeProvider? time = null)
{
    readonly Lock gate = new();
    Task<T>? task;
    ITimer? timer;

    /// <summary>What was loaded, or is.</summary>
    public Task<T> Get(Func<Task<T>> load, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (task is null or { IsFaulted: true } or { IsCanceled: true })
                task = Task.Run(load, CancellationToken.None);
            Watch();
            return task.WaitAsync(cancellation);
        }
    }

    /// <summary>Lets it go.</summary>
    public void Forget()
    {
        lock (gate)
        {
            task = null;
            timer?.Dispose();
            timer = null;
        }
    }

    void Watch()
    {
        if (idle is not { } most)
            return;
        timer ??= (time ?? TimeProvider.System).CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(most, Timeout.InfiniteTimeSpan);
    }

    void Expire()
    {
        lock (gate)
        {
            if (task is { IsCompleted: false })
                Watch();
            else
                Forget();
        }
    }
}
