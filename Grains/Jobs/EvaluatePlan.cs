namespace MplugCluster.Grains.Jobs;

/// <summary>An evaluate job's wishes.</summary>
/// <param name="Candidates">Candidates in each direction that are reranked.</param>
/// <param name="Resamples">Bootstrap resamples for the intervals.</param>
public sealed record EvaluatePlan(int Candidates, int Resamples = 1000);
