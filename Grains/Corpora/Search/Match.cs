namespace MplugCluster.Grains.Corpora.Search;

/// <summary>A row that a search found.</summary>
/// <param name="Similarity">ITC similarity to the query.</param>
/// <param name="Segment">Its segment within the shard.</param>
/// <param name="Row">Its row within the segment.</param>
readonly record struct Match(float Similarity, int Segment, int Row);
