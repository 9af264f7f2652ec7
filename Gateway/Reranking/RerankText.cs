namespace MplugCluster.Gateway.Reranking;

/// <summary>A document that is a text.</summary>
sealed record RerankText(int Index, int[] TokenIds);
