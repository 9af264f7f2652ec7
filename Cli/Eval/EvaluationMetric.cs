namespace MplugCluster.Cli.Eval;

/// <summary>A row of an evaluate job's results.</summary>
/// <param name="Direction"><c>txt</c>, <c>img</c>, <c>both</c>, the same with <c>_itc</c>, or <c>set</c>.</param>
/// <param name="Metric">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
sealed record EvaluationMetric(string Direction, string Metric, double Value, double? Low = null, double? High = null);
