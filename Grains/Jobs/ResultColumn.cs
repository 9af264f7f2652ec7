namespace MplugCluster.Grains.Jobs;

/// <summary>A column of a job's results.</summary>
/// <param name="Name">Its name in every format.</param>
/// <param name="Type">Type of its values; each may be missing.</param>
public sealed record ResultColumn(string Name, ResultType Type);
