namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>A corpus at one version of its segment list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fingerprint">Package its embeddings were made with.</param>
/// <param name="Convention"><c>ms25</c> or <c>am30</c>; queries must match.</param>
/// <param name="Version">Raised by every change.</param>
/// <param name="Pictures">Pictures it holds.</param>
/// <param name="Texts">Texts it holds.</param>
/// <param name="Shards">Shards that a search must ask.</param>
/// <param name="Id">Tells it from another corpus that had its name before.</param>
/// <param name="Paged">Whether its embeddings are more than the silos hold in memory: searches read from disk.</param>
[GenerateSerializer, Immutable, Alias("mplug.CorpusDescription")]
public sealed record CorpusDescription(
    [property: Id(0)] string Name,
    [property: Id(1)] string Fingerprint,
    [property: Id(2)] string Convention,
    [property: Id(3)] long Version,
    [property: Id(4)] int Pictures,
    [property: Id(5)] int Texts,
    [property: Id(6)] int Shards,
    [property: Id(7)] Guid Id,
    [property: Id(8)] bool Paged = false);
