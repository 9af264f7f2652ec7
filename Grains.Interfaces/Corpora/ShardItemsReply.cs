namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>Answer to a <see cref="ShardItemsQuery"/>.</summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Items">The items, in order.</param>
/// <param name="Message">For people, when the call did not end well.</param>
[GenerateSerializer, Immutable, Alias("mplug.ShardItemsReply")]
public sealed record ShardItemsReply(
    [property: Id(0)] CorpusStatus Status,
    [property: Id(1)] CorpusItem[] Items,
    [property: Id(2)] string? Message = null);
