using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>Answer to an upsert: one outcome per item, in order, and where the features came from.</summary>
[GenerateSerializer, Immutable, Alias("mplug.UpsertReply")]
public sealed record UpsertReply(
    [property: Id(0)] CorpusReply Corpus,
    [property: Id(1)] ItemOutcome[] Items,
    [property: Id(2)] TierCounts Tiers,
    [property: Id(3)] int RetryAfterMs = 0);
