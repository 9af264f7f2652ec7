namespace MplugCluster.Gateway.Clusters;

/// <summary>A silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where the others reach it.</param>
/// <param name="Status"><c>active</c>, <c>joining</c>, <c>shutting_down</c>, ...</param>
/// <param name="CpuPercent">Processor use of its process, of all cores; null where it does not say.</param>
/// <param name="MemoryBytes">Managed memory of its process; the model lies outside of it.</param>
/// <param name="MemoryLimitBytes">Memory that it may have.</param>
/// <param name="Activations">Grains that are active in it.</param>
/// <param name="Cache">Its feature cache; null for a silo without devices.</param>
/// <param name="Message">Why numbers are missing.</param>
public sealed record SiloInfo(
    string Name,
    string Address,
    string Status,
    double? CpuPercent,
    long? MemoryBytes,
    long? MemoryLimitBytes,
    int? Activations,
    CacheInfo? Cache,
    string? Message);
