namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>
/// A part of a corpus's embedding matrix, searched in place. Key: <c>corpus/shard index</c>, or <c>corpus/shard index/path</c> for the very version
/// whose manifest lies at that path; on any silo.
/// </summary>
[Alias("mplug.ICorpusShardGrain")]
public interface ICorpusShardGrain : IGrainWithStringKey
{
    /// <summary>Exact top-k by ITC similarity for a batch of queries.</summary>
    [Alias("Search"), ResponseTimeout("00:00:30")]
    Task<ShardReply> Search(ShardQuery query, CancellationToken cancellation = default);

    /// <summary>The items of matches that <see cref="Search"/> has found.</summary>
    [Alias("Items"), ResponseTimeout("00:00:30")]
    Task<ShardItemsReply> Items(ShardItemsQuery query, CancellationToken cancellation = default);
}
