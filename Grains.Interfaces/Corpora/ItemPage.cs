namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>Items in ordinal order of their ids; <paramref name="NextCursor"/> is null on the last page.</summary>
[GenerateSerializer, Immutable, Alias("mplug.ItemPage")]
public sealed record ItemPage(
    [property: Id(0)] CorpusReply Corpus,
    [property: Id(1)] CorpusItem[] Items,
    [property: Id(2)] string? NextCursor);
