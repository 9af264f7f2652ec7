namespace MplugCluster.Gateway.Api;

/// <summary>A document that could not be scored.</summary>
/// <param name="Index">Number of the document in the request.</param>
/// <param name="Error">Why.</param>
public sealed record RerankFault(int Index, ApiError Error);
