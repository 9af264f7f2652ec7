namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>One match of a shard.</summary>
/// <param name="Item">The item.</param>
/// <param name="ItcSimilarity">Inner product with the query, in -1..1.</param>
[GenerateSerializer, Immutable, Alias("mplug.ShardMatch")]
public sealed record ShardMatch([property: Id(0)] CorpusItem Item, [property: Id(1)] float ItcSimilarity);
