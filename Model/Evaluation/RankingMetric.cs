namespace MplugCluster.Model.Evaluation;

/// <summary>A metric over the queries of one direction, with its 95 % bootstrap interval.</summary>
/// <param name="Name"><c>r1</c>, <c>r5</c>, <c>r10</c>, <c>r_mean</c> in percent, <c>mrr</c> and <c>ndcg10</c> in 0..1.</param>
/// <param name="Value">Its value.</param>
/// <param name="Low">2.5 % quantile of the resamples.</param>
/// <param name="High">97.5 % quantile.</param>
public sealed record RankingMetric(string Name, double Value, double Low, double High);
