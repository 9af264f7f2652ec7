using System.Globalization;
using MplugCluster.Benchmarks.Cluster;

namespace MplugCluster.Benchmarks.Table;

/// <summary>The rows of a whole evaluation job through the cluster, from a process of its own: there all threads of the machine work.</summary>
static class EvaluationLines
{
    static readonly TableGoal Goal = new(7, " x");

    /// <summary>Measures them.</summary>
    /// <param name="directory">The fp32 package, which the reference's plan runs too.</param>
    public static IEnumerable<string> Of(string directory)
    {
        var threads = $"{Environment.ProcessorCount} threads";
        if (ChildProcess.Run("table-job", directory) is not { } lines)
        {
            yield return TableRow.Text("evaluation job through the cluster", "", "", Goal.Columns(null));
            yield break;
        }

        var (pictures, job, plan) = EvaluationFigures.Parse(lines[^1]);
        yield return Row($"16 pictures encoded through the cluster, {threads}", pictures, null);
        yield return Row($"evaluation job through the cluster, 16 pictures x 240 texts, both directions, pictures encoded before, {threads}", job, null);
        yield return Row("the same by the reference's plan, every pair once (found: how often the job fits in)", plan, Goal.Columns(plan.Processor / job.Processor));
        yield return Row(
            "the same by the reference's plan, every pair for each direction",
            (2 * plan.Seconds, 2 * plan.Processor),
            Goal.Columns(2 * plan.Processor / job.Processor));
    }

    static string Row(string name, (double Seconds, double Processor) time, string? goal) => TableRow.Text(
        name,
        string.Create(CultureInfo.InvariantCulture, $"{1e3 * time.Processor:0} in all"),
        string.Create(CultureInfo.InvariantCulture, $"{1e3 * time.Seconds:0}"),
        goal);
}
