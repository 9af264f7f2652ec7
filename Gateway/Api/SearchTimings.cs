namespace MplugCluster.Gateway.Api;

/// <summary>Stages of a search, in milliseconds.</summary>
/// <param name="Embed">The query's embedding.</param>
/// <param name="Shards">All shards' top-k, and the merge.</param>
/// <param name="Rerank">ITM of the candidates.</param>
/// <param name="Total">Everything.</param>
public sealed record SearchTimings(double Embed, double Shards, double Rerank, double Total);
