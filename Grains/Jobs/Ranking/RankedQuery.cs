using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Ranking;

/// <summary>A query with its candidates, best first by ITC similarity.</summary>
/// <param name="Id">The query.</param>
/// <param name="ContentHash">Content of a picture query.</param>
/// <param name="Candidates">Its candidates.</param>
/// <param name="Error">Why it has none.</param>
sealed record RankedQuery(string Id, string? ContentHash, RankCandidate[] Candidates, ItemError? Error);
