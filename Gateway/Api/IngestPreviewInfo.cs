using MplugCluster.Grains.Interfaces.Sources;

namespace MplugCluster.Gateway.Api;

/// <summary>What an ingest would find, before anything is read or encoded.</summary>
/// <param name="Pictures">Pictures.</param>
/// <param name="Texts">Texts.</param>
/// <param name="Ignored">Files of other kinds, by lower-case extension with its dot; empty for none.</param>
/// <param name="Rejected">Unusable items, by error code.</param>
/// <param name="FirstPictures">The first pictures in listing order, by id.</param>
/// <param name="FirstIgnored">The first files of other kinds.</param>
/// <param name="FirstRejected">The first unusable items, with their reasons.</param>
public sealed record IngestPreviewInfo(
    long Pictures,
    long Texts,
    IReadOnlyDictionary<string, long> Ignored,
    IReadOnlyDictionary<string, long> Rejected,
    IReadOnlyList<string> FirstPictures,
    IReadOnlyList<string> FirstIgnored,
    IReadOnlyList<ItemFault> FirstRejected)
{
    /// <summary>A listing's summary as the API has it.</summary>
    public static IngestPreviewInfo Of(ListingSummary found) => new(
        found.Pictures,
        found.Texts,
        found.Ignored,
        found.Rejected,
        Ids(found.FirstPictures),
        Ids(found.FirstIgnored),
        [.. found.FirstRejected.Select(item => new ItemFault(item.Id, item.Error!.Code, item.Error.Reason))]);

    static string[] Ids(SourceItem[] items) => [.. items.Select(item => item.Id)];
}
