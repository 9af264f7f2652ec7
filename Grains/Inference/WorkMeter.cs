using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// What a job's time on one device goes to. Its parts there share one meter, for they work side by side: while one is on the device, another reads
/// its pictures. Every moment counts once, for the activity that comes last in <see cref="WorkActivity"/>; so a download counts only while the device
/// has nothing to do for the job, and all together is the time on the clock. Thread-safe.
/// </summary>
public sealed class WorkMeter(TimeProvider? time = null)
{
    static readonly int Activities = Enum.GetValues<WorkActivity>().Length;

    readonly TimeProvider time = time ?? TimeProvider.System;
    readonly Lock gate = new();
    readonly int[] open = new int[Activities];
    readonly double[] sums = new double[Activities];
    long last = (time ?? TimeProvider.System).GetTimestamp();

    /// <summary>Notes that something begins; it ends when what is returned is disposed, once or more often.</summary>
    public IDisposable Begin(WorkActivity activity)
    {
        Change(activity, 1);
        return new Begun(this, activity);
    }

    /// <summary>What was counted since the last time that this was asked; what goes on now counts until now.</summary>
    public WorkTimes Take()
    {
        lock (gate)
        {
            Advance();
            var times = new WorkTimes(
                Download: Sum(WorkActivity.Download),
                Decode: Sum(WorkActivity.Decode),
                Encode: Sum(WorkActivity.Encode),
                Search: Sum(WorkActivity.Search),
                Itm: Sum(WorkActivity.Itm),
                Write: Sum(WorkActivity.Rest) + Sum(WorkActivity.Store),
                Queue: Sum(WorkActivity.Queue) + Sum(WorkActivity.Joined));
            Array.Clear(sums);
            return times;
        }

        double Sum(WorkActivity activity) => sums[(int)activity];
    }

    void Change(WorkActivity activity, int step)
    {
        lock (gate)
        {
            Advance();
            open[(int)activity] += step;
        }
    }

    void Advance()
    {
        var now = time.GetTimestamp();
        if (Array.FindLastIndex(open, static count => count > 0) is >= 0 and var activity)
            sums[activity] += time.GetElapsedTime(last, now).TotalMilliseconds;
        last = now;
    }

    sealed class Begun(WorkMeter meter, WorkActivity activity) : IDisposable
    {
        int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
                meter.Change(activity, -1);
        }
    }
}
