namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora</c>.</summary>
/// <param name="Name">1 to 100 characters of a-z, 0-9, "-", "_" and ".", beginning with a letter or digit.</param>
/// <param name="Convention"><c>ms25</c> or <c>am30</c>. Default: the package's.</param>
public sealed record CorpusCreation(string Name, string? Convention = null);
