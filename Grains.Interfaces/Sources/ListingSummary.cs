namespace MplugCluster.Grains.Interfaces.Sources;

/// <summary>What an ingest would find, before anything is read or encoded.</summary>
/// <param name="Pictures">Pictures.</param>
/// <param name="Texts">Texts.</param>
/// <param name="Ignored">Files of other kinds, by lower-case extension with its dot; empty for none.</param>
/// <param name="Rejected">Unusable items, by error code.</param>
/// <param name="FirstPictures">The first pictures in listing order.</param>
/// <param name="FirstTexts">The first texts.</param>
/// <param name="FirstIgnored">The first files of other kinds.</param>
/// <param name="FirstRejected">The first unusable items.</param>
[GenerateSerializer, Immutable, Alias("mplug.ListingSummary")]
public sealed record ListingSummary(
    [property: Id(0)] long Pictures,
    [property: Id(1)] long Texts,
    [property: Id(2)] Dictionary<string, long> Ignored,
    [property: Id(3)] Dictionary<string, long> Rejected,
    [property: Id(4)] SourceItem[] FirstPictures,
    [property: Id(5)] SourceItem[] FirstTexts,
    [property: Id(6)] SourceItem[] FirstIgnored,
    [property: Id(7)] SourceItem[] FirstRejected);
