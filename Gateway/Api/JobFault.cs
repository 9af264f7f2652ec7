namespace MplugCluster.Gateway.Api;

/// <summary>A job that is there but cannot be read.</summary>
/// <param name="Id">The job.</param>
/// <param name="Message">Why; it can still be deleted.</param>
public sealed record JobFault(string Id, string Message);
