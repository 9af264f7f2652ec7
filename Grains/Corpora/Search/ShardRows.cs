using MplugCluster.Grains.Corpora.Segments;

namespace MplugCluster.Grains.Corpora.Search;

/// <summary>The rows of a shard, as scans go through them.</summary>
/// <param name="Segments">The segments, all of one width.</param>
/// <param name="Chunks">Their rows in pieces.</param>
/// <param name="Width">Numbers of an embedding.</param>
sealed record ShardRows(IReadOnlyList<MappedSegment> Segments, ShardChunk[] Chunks, int Width);
