namespace MplugCluster.Gateway.Api;

/// <summary>A corpus.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fingerprint">Package of its embeddings.</param>
/// <param name="Convention">How its pictures and texts were prepared; queries are prepared the same way.</param>
/// <param name="Version">Raised by every change.</param>
/// <param name="Pictures">Pictures it holds.</param>
/// <param name="Texts">Texts it holds.</param>
/// <param name="Shards">Shards that a search asks.</param>
/// <param name="Paged">Whether its embeddings are more than the cluster holds in memory, so that searches read from disk and are slow.</param>
public sealed record CorpusInfo(
    string Name, string Fingerprint, string Convention, long Version, int Pictures, int Texts, int Shards, bool Paged = false);
