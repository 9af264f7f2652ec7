namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora/{name}/adopt</c>.</summary>
/// <param name="From">The corpus whose content, model and convention the named one takes over; it stays as it is.</param>
public sealed record CorpusAdoption(string From);
