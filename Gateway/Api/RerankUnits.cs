namespace MplugCluster.Gateway.Api;

/// <summary>What a rerank request counted as.</summary>
/// <param name="SearchUnits">Always 1: one query.</param>
public sealed record RerankUnits(int SearchUnits);
