using System.Diagnostics;
using System.Globalization;
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
    /// <summary>The table's columns.</summary>
    public const string Header =
        "| work | CPU ms | wall ms | GFLOP/s | of the fp32 peak | times the reference's plan | goal | found |\n|---|---|---|---|---|---|---|---|";

    public Samples Seconds { get; } = new();

    public Samples ProcessorSeconds { get; } = new();

    /// <summary>What the row is to reach; null: it is there for comparison.</summary>
    public TableGoal? Goal { get; init; }

    /// <summary>What counts for the goal, once all rounds are run; null where it could not be measured.</summary>
    public Func<TableRow, double?> Found { get; init; } = _ => null;

    /// <summary>Why nothing counts.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Processor seconds of a unit, median.</summary>
    public double PerUnit => ProcessorSeconds.Median / Units;

    /// <summary>Billions of multiplications and additions per processor second.</summary>
    public double GflopPerSecond => Gflop / ProcessorSeconds.Median;

    /// <summary>A row of something that was measured elsewhere.</summary>
    /// <param name="name">What was done.</param>
    /// <param name="processor">Processor time, with its unit.</param>
    /// <param name="wall">Time on the clock.</param>
    /// <param name="goal">The columns of <see cref="TableGoal.Columns"/>, or null.</param>
    public static string Text(string name, string processor, string wall, string? goal) => $"| {name} | {processor} | {wall} |  |  |  | {goal ?? " | "} |";

    /// <summary>Runs it once.</summary>
    public void Run(bool keep)
    {
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        Work();
        if (!keep)
            return;
        ProcessorSeconds.Add((Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        Seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The row as text.</summary>
    public string Line(TableRow peak, TableRow plan)
    {
        var flops = Gflop > 0 ? string.Create(CultureInfo.InvariantCulture, $"{GflopPerSecond:0} | {100 * GflopPerSecond / peak.GflopPerSecond:0} %") : " | ";
        var ratio = Unit == "pair" ? string.Create(CultureInfo.InvariantCulture, $"{plan.PerUnit / PerUnit:0.0}") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {1e3 * PerUnit:0.00} a {Unit} | {1e3 * Seconds.Median / Units:0.00} | {flops} | {ratio} | {Goal?.Columns(Found(this), Reason) ?? " | "} |");
    }
}
