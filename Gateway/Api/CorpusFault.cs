namespace MplugCluster.Gateway.Api;

/// <summary>A corpus that is there but cannot be used.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Message">Why; it can still be deleted.</param>
public sealed record CorpusFault(string Name, string Message);
