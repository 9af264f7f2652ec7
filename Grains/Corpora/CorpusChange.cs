using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Corpora;

/// <summary>What an upsert comes to.</summary>
/// <param name="Reply">How encoding ended.</param>
/// <param name="Added">Rows to add; null if there are none.</param>
/// <param name="Outcomes">One for each item, in order.</param>
/// <param name="Tiers">Where the features came from.</param>
public sealed record CorpusChange(DeviceReply Reply, Segment? Added, ItemOutcome[] Outcomes, TierCounts Tiers);
