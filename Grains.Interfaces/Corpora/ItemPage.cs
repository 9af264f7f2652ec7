namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>Items in ordinal order of their ids.</summary>
/// <param name="Corpus">The corpus.</param>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">Where the next page begins; null on the last.</param>
/// <param name="Embeddings">Their embeddings <c>[items, width]</c>, little-endian float32, where they were asked for.</param>
[GenerateSerializer, Immutable, Alias("mplug.ItemPage")]
public sealed record ItemPage(
    [property: Id(0)] CorpusReply Corpus,
    [property: Id(1)] CorpusItem[] Items,
    [property: Id(2)] string? NextCursor,
    [property: Id(3)] byte[]? Embeddings = null);
