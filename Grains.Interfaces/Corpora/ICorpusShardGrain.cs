namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>A part of a corpus's embedding matrix in memory. Key: <c>corpus/shard index</c>; on any silo.</summary>
[Alias("mplug.ICorpusShardGrain")]
public interface ICorpusShardGrain : IGrainWithStringKey
{
    /// <summary>Exact top-k by ITC similarity for a batch of queries.</summary>
    [Alias("Search"), ResponseTimeout("00:00:30")]
    Task<ShardReply> Search(ShardQuery query, CancellationToken cancellation = default);
}
