namespace MplugCluster.Gateway.Api;

/// <summary>What Cohere's clients look for in an answer.</summary>
/// <param name="ApiVersion">Version of the shape.</param>
/// <param name="BilledUnits">What the request counted as.</param>
public sealed record RerankMeta(RerankApiVersion ApiVersion, RerankUnits BilledUnits);
