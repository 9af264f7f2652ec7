namespace MplugCluster.Grains.Jobs;

/// <summary>A score job's wishes.</summary>
/// <param name="MinProbability">Pairs below this ITM probability are left out of the results; null: none.</param>
public sealed record ScorePlan(double? MinProbability);
