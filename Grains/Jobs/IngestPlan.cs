using MplugCluster.Grains.Interfaces.Sources;

namespace MplugCluster.Grains.Jobs;

/// <summary>An ingest job's wishes.</summary>
/// <param name="Source">What to fill the corpus from.</param>
/// <param name="DeleteMissing">Whether items that came from this source before and are there no more are removed.</param>
public sealed record IngestPlan(SourceSpec Source, bool DeleteMissing);
