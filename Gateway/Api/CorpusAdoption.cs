namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora/{name}/adopt</c>.</summary>
/// <param name="From">The corpus to take over from.</param>
public sealed record CorpusAdoption(string From);
