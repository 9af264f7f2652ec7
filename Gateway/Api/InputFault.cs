namespace MplugCluster.Gateway.Api;

/// <summary>An input of a list that cannot be used.</summary>
/// <param name="Index">Number of the input in the request.</param>
/// <param name="Error">Why.</param>
public sealed record InputFault(int Index, ApiError Error);
