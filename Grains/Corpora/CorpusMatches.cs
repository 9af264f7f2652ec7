using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Grains.Corpora;

/// <summary>What the shards of a corpus found.</summary>
/// <param name="Best">For each query the best items of the shards that answered: higher similarity first, then lower ordinal id.</param>
/// <param name="Answered">Shards that answered.</param>
/// <param name="Status">Ok, or how the first shard that did not answer ended.</param>
/// <param name="Fault">Why it did not.</param>
public sealed record CorpusMatches(ShardMatch[][] Best, int Answered, CorpusStatus Status, string? Fault);
