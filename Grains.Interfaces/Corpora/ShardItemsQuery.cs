namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>Asks for the items of matches. Segments never change, so the answer holds even when the shard has a later version meanwhile.</summary>
/// <param name="Corpus">Name of the corpus, for messages.</param>
/// <param name="Files">Segments.</param>
/// <param name="Places">Little-endian int32, two for each item: number of the segment in <paramref name="Files"/>, and row.</param>
[GenerateSerializer, Immutable, Alias("mplug.ShardItemsQuery")]
public sealed record ShardItemsQuery(
    [property: Id(0)] string Corpus,
    [property: Id(1)] string[] Files,
    [property: Id(2)] byte[] Places);
