namespace MplugCluster.Cluster.Tests.Jobs;

/// <summary>Time that passes at once whenever somebody waits for it: a device's rest costs a test nothing.</summary>
sealed class HastyTime : TimeProvider
{
    long now;

    public override long GetTimestamp() => Interlocked.Read(ref now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Due(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    sealed class Due(HastyTime time, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.Zero)
                return true;
            return ThreadPool.QueueUserWorkItem(_ =>
            {
                Interlocked.Add(ref time.now, dueTime.Ticks);
                callback(state);
            });
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
