namespace MplugCluster.Grains.Corpora.Search;

/// <summary>A match of one of several shards.</summary>
/// <param name="Similarity">ITC similarity to the query.</param>
/// <param name="Id">Its id, as UTF-8.</param>
/// <param name="Shard">Which shard it is of.</param>
/// <param name="File">Its segment.</param>
/// <param name="Row">Row within the segment.</param>
readonly record struct ShardHit(float Similarity, ReadOnlyMemory<byte> Id, int Shard, string File, int Row);
