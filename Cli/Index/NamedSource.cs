using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Index;

/// <summary>A source as the command line names it.</summary>
/// <param name="Source">As the API has it; what is on this machine has its kind.</param>
/// <param name="IsHere">Whether it is a path of this machine; else it is the cluster's, by its address.</param>
sealed record NamedSource(IngestSource Source, bool IsHere);
