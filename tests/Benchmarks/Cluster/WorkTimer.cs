using System.Diagnostics;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>Times one kind of work of this process: on the clock, and on its processors.</summary>
sealed class WorkTimer
{
    public Samples Seconds { get; } = new();

    public Samples ProcessorSeconds { get; } = new();

    public async Task Time(Func<Task> work)
    {
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await work();
        Seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        ProcessorSeconds.Add((Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }
}
