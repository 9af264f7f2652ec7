namespace MplugCluster.Grains.Corpora;

/// <summary>A row that a search found.</summary>
/// <param name="Similarity">ITC similarity to the query.</param>
/// <param name="Id">The item; ties break by it.</param>
/// <param name="Segment">Its segment within the shard.</param>
/// <param name="Row">Its row within the segment.</param>
readonly record struct Match(float Similarity, string Id, int Segment, int Row);
