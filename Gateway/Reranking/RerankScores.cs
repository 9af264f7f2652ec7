using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Reranking;

/// <summary>Scores of some of a request's documents.</summary>
sealed record RerankScores(IReadOnlyList<RerankResult> Results, IReadOnlyList<RerankFault> Faults, FeatureCounts Tiers)
{
    public static RerankScores None { get; } = new([], [], new FeatureCounts(0, 0, 0));
}
