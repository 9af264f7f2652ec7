namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>
/// Where a shard's matches lie, for all queries one after the other: a few bytes each, because most of them will not be among the best of all
/// shards. The items of those that are, <see cref="ICorpusShardGrain.Items"/> gives.
/// </summary>
/// <param name="Counts">Matches of each query.</param>
/// <param name="Similarities">Little-endian float32, one for each match.</param>
/// <param name="Places">Little-endian int32, two for each match: number of the segment, and row.</param>
/// <param name="Ids">The matches' ids as UTF-8, one after the other.</param>
/// <param name="IdEnds">Little-endian int32: where each id ends.</param>
/// <param name="Files">The shard's segments.</param>
[GenerateSerializer, Immutable, Alias("mplug.ShardHits")]
public sealed record ShardHits(
    [property: Id(0)] int[] Counts,
    [property: Id(1)] byte[] Similarities,
    [property: Id(2)] byte[] Places,
    [property: Id(3)] byte[] Ids,
    [property: Id(4)] byte[] IdEnds,
    [property: Id(5)] string[] Files);
