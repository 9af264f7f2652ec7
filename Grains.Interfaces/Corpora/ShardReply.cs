namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>A shard's exact top-k per query: higher similarity first, then lower ordinal id.</summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Matches">Empty; earlier versions put items here.</param>
/// <param name="Message">For people, when the call did not end well.</param>
/// <param name="Hits">The matches of all queries.</param>
[GenerateSerializer, Immutable, Alias("mplug.ShardReply")]
public sealed record ShardReply(
    [property: Id(0)] CorpusStatus Status,
    [property: Id(1)] ShardMatch[][] Matches,
    [property: Id(2)] string? Message = null,
    [property: Id(3)] ShardHits? Hits = null);
