namespace MplugCluster.Gateway.Api;

/// <summary>Where an ingest job finds its pictures.</summary>
/// <param name="Address">The source: <c>folder:/data/pictures</c>, <c>azure:container/prefix</c>.</param>
/// <param name="Kind"><c>folder</c>, <c>container</c>, <c>tar</c>, <c>jsonl</c>, <c>csv</c> or <c>parquet</c>. Default: as the address and the path's ending say.</param>
/// <param name="Path">File or folder within it. Default: all of it.</param>
/// <param name="Pictures">For manifests: source that the paths in it are relative to. Default: <paramref name="Address"/>.</param>
public sealed record IngestSource(string Address, string? Kind = null, string Path = "", string? Pictures = null);
