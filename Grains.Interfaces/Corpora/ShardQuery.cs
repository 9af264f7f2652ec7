namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>A batch of query embeddings for one shard.</summary>
/// <param name="Version">Segment list version the caller saw; an older shard reloads first.</param>
/// <param name="Queries">Little-endian float32 <c>[queries, embed_dim]</c>, unit vectors.</param>
/// <param name="Count">Number of queries.</param>
/// <param name="Kind">Items to look among; null: all.</param>
/// <param name="TopK">Matches wanted per query.</param>
/// <param name="Corpus">Identity of the corpus the caller saw.</param>
/// <param name="BudgetMs">Time left for the call, in milliseconds.</param>
/// <param name="Filter">Condition on the items' metadata, as JSON; null: none.</param>
[GenerateSerializer, Immutable, Alias("mplug.ShardQuery")]
public sealed record ShardQuery(
    [property: Id(0)] long Version,
    [property: Id(1)] byte[] Queries,
    [property: Id(2)] int Count,
    [property: Id(3)] ItemKind? Kind,
    [property: Id(4)] int TopK,
    [property: Id(5)] int BudgetMs,
    [property: Id(6)] Guid Corpus,
    [property: Id(7)] string? Filter = null);
