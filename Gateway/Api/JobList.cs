namespace MplugCluster.Gateway.Api;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Data">The jobs.</param>
/// <param name="Faults">Those of the page that cannot be read, and why.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
public sealed record JobList(IReadOnlyList<JobInfo> Data, IReadOnlyList<JobFault> Faults, string? NextCursor);
