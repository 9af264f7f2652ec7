namespace MplugCluster.Grains.Jobs;

/// <summary>How often jobs are looked at.</summary>
/// <param name="Ring">Between two scans for jobs that have not ended.</param>
/// <param name="Clean">Between two scans for jobs past their retention.</param>
public sealed record JobScanPeriods(TimeSpan Ring, TimeSpan Clean);
