using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>What an ingest that removes what is missing comes to.</summary>
/// <param name="Gone">Ids that are removed.</param>
/// <param name="Kept">Why nothing is removed although items were not listed; else null.</param>
sealed record MissingItems(string[] Gone, ItemError? Kept = null);
