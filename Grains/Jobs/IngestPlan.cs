namespace MplugCluster.Grains.Jobs;

/// <summary>An ingest job's wishes.</summary>
/// <param name="Kind"><c>folder</c>, <c>container</c>, <c>tar</c>, <c>jsonl</c>, <c>csv</c> or <c>parquet</c>.</param>
/// <param name="Address">The source: <c>folder:/data/pictures</c>, <c>azure:container/prefix</c>.</param>
/// <param name="Path">File or folder within it; empty: all.</param>
/// <param name="Pictures">For manifests: source that the paths in it are relative to; null: the same.</param>
/// <param name="DeleteMissing">Whether items that came from this source before and are there no more are removed.</param>
public sealed record IngestPlan(string Kind, string Address, string Path, string? Pictures, bool DeleteMissing);
