using System.Globalization;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>What an evaluation as a job cost, and the reference's plan beside it; medians, seconds.</summary>
/// <param name="Pictures">The pictures encoded, through the cluster: time on the clock and of the processors.</param>
/// <param name="Job">The job, its pictures encoded before.</param>
/// <param name="Plan">Every pair once by the reference's plan.</param>
sealed record EvaluationFigures((double Seconds, double Processor) Pictures, (double Seconds, double Processor) Job, (double Seconds, double Processor) Plan)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Pictures.Seconds:R} {Pictures.Processor:R} {Job.Seconds:R} {Job.Processor:R} {Plan.Seconds:R} {Plan.Processor:R}");

    /// <summary>Figures from another process.</summary>
    public static EvaluationFigures Parse(string line)
    {
        var numbers = line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new((numbers[0], numbers[1]), (numbers[2], numbers[3]), (numbers[4], numbers[5]));
    }
}
