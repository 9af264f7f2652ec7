using System.Diagnostics;
using MplugCluster.Benchmarks.Cluster;

namespace MplugCluster.Benchmarks.Table;

/// <summary>One row of the table: work of so many units, timed in every round.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Unit">What there are units of.</param>
/// <param name="Units">Units of a run.</param>
/// <param name="Gflop">Billions of multiplications and additions of a run; 0: not counted.</param>
/// <param name="Work">One run.</param>
sealed record TableRow(string Name, string Unit, int Units, double Gflop, Action Work)
{
    public Samples Seconds { get; } = new();

    public Samples ProcessorSeconds { get; } = new();

    /// <summary>Processor seconds of a unit, median.</summary>
    public double PerUnit => ProcessorSeconds.Median / Units;

    /// <summary>Billions of multiplications and additions per processor second.</summary>
    public double GflopPerSecond => Gflop / ProcessorSeconds.Median;

    public void Run(bool keep)
    {
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        Work();
        if (!keep)
            return;
        ProcessorSeconds.Add((Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        Seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
