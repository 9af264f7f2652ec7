namespace MplugCluster.Gateway.Api;

/// <summary>Where an ingest job finds its pictures.</summary>
/// <param name="Address">
/// The source: <c>folder:/data/pictures</c>, <c>azure:container/prefix</c>; or <c>upload:name</c> for one of the client's own, which the client has
/// listed and uploaded. Uploads of one name are of one source: what a later one lacks is missing.
/// </param>
/// <param name="Kind">
/// <c>folder</c>, <c>container</c>, <c>tar</c>, <c>jsonl</c>, <c>csv</c>, <c>parquet</c> or <c>upload</c>. Default: as the address and the path's ending say.
/// </param>
/// <param name="Path">
/// File or folder within it. Default: all of it. Of an upload the SHA-256 of a blob that has, on a line each, the SHA-256 of blobs of JSON lines:
/// <c>{"id", "blob", "version"?, "caption"?, "metadata"?}</c>, <c>{"id", "text", "metadata"?}</c>, or <c>{"id", "error", "reason"?, "hides_more"?, "is_listed"?}</c>
/// for what the client could not use. A part is no larger than a picture may be; other members are refused.
/// </param>
/// <param name="Pictures">For manifests: source that the paths in it are relative to. Default: <paramref name="Address"/>.</param>
public sealed record IngestSource(string Address, string? Kind = null, string Path = "", string? Pictures = null);
