namespace MplugCluster.Model.Evaluation;

/// <summary>
/// Metrics of one direction from the ranks of each query's right answers: Recall@1, 5, 10 and their mean, the mean reciprocal rank of the best
/// right answer, and NDCG@10 with equal gains. Intervals come from resampling the queries, with a fixed seed.
/// </summary>
/// <remarks>Source: Järvelin and Kekäläinen 2002 (NDCG); Efron 1979 (bootstrap, percentile interval).</remarks>
public static class RankingMetrics
{
    const int Seed = 20220524;
    const int Depth = 10;

    static readonly (string Name, Func<int[], double> Of)[] Metrics =
    [
        ("r1", ranks => Recall(ranks, 1)),
        ("r5", ranks => Recall(ranks, 5)),
        ("r10", ranks => Recall(ranks, 10)),
        ("r_mean", ranks => (Recall(ranks, 1) + Recall(ranks, 5) + Recall(ranks, 10)) / 3),
        ("mrr", ranks => ranks.Length == 0 ? 0 : 1.0 / (1.0 + ranks.Min())),
        ("ndcg10", Ndcg),
    ];

    /// <summary>The metrics.</summary>
    /// <param name="ranks">For each query the ranks (0 = first) of its right answers; a query without any finds nothing, and no query at all gives zeros.</param>
    /// <param name="resamples">Bootstrap resamples; 0: the intervals are the values.</param>
    public static IReadOnlyList<RankingMetric> Of(IReadOnlyList<int[]> ranks, int resamples)
    {
        var values = Metrics.Select(metric => ranks.Select(metric.Of).ToArray()).ToArray();
        var means = values.Select(_ => new double[resamples]).ToArray();
        var random = new Random(Seed);
        for (var resample = 0; resample < resamples; resample++)
        {
            for (var draw = 0; draw < ranks.Count; draw++)
            {
                // One draw for all metrics: they are of the same queries.
                var query = random.Next(ranks.Count);
                for (var metric = 0; metric < means.Length; metric++)
                    means[metric][resample] += values[metric][query] / ranks.Count;
            }
        }

        return [.. Metrics.Select((metric, number) => Measured(metric.Name, values[number].DefaultIfEmpty().Average(), means[number]))];
    }

    static RankingMetric Measured(string name, double value, double[] resampled)
    {
        Array.Sort(resampled);
        return resampled.Length == 0
            ? new RankingMetric(name, value, value, value)
            : new RankingMetric(name, value, resampled[(int)(0.025 * (resampled.Length - 1))], resampled[(int)Math.Ceiling(0.975 * (resampled.Length - 1))]);
    }

    static double Recall(int[] ranks, int k) => ranks.Any(rank => rank < k) ? 100 : 0;

    static double Ndcg(int[] ranks)
    {
        var ideal = Enumerable.Range(0, Math.Min(Depth, ranks.Length)).Sum(Gain);
        return ideal == 0 ? 0 : ranks.Where(rank => rank < Depth).Sum(Gain) / ideal;
    }

    static double Gain(int rank) => 1 / Math.Log2(rank + 2);
}
