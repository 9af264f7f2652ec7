using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs;

/// <summary>What the index says of a job, besides that there is one.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Corpus">Its corpus.</param>
/// <param name="KeyHash">Hash of the idempotency key that made it.</param>
sealed record JobIndexEntry(JobKind Kind, string? Corpus, string? KeyHash);
