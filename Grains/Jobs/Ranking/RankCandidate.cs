namespace MplugCluster.Grains.Jobs.Ranking;

/// <summary>A candidate of a query.</summary>
/// <param name="Id">The item.</param>
/// <param name="ContentHash">Content of a picture.</param>
/// <param name="Text">Text of the item, or caption of the picture.</param>
/// <param name="ItcSimilarity">Inner product with the query.</param>
/// <param name="TextNumber">Number of the pair's text within the block; -1: it is not reranked.</param>
sealed record RankCandidate(string Id, string? ContentHash, string? Text, float ItcSimilarity, int TextNumber);
