namespace MplugCluster.Grains.Interfaces.Sources;

/// <summary>What a corpus is filled from.</summary>
/// <param name="Kind">How items are listed.</param>
/// <param name="Address">
/// Where to look: <c>folder:/absolute/path</c>, <c>azure:container/prefix</c>, or empty for the cluster's own store; of an upload, <c>upload:</c> and
/// a name of the client's source, by which later uploads are known to be of the same one.
/// </param>
/// <param name="Path">
/// Path below the address: the manifest or tar file; for folders, containers and many tar files the folder to list, empty for everything. Of an
/// upload the SHA-256 of the blob that names the parts of the listing.
/// </param>
/// <param name="Base">
/// Manifests: the address that the column <c>path</c> is relative to. Null: <paramref name="Address"/>, in the manifest's own folder.
/// </param>
[GenerateSerializer, Immutable, Alias("mplug.SourceSpec")]
public sealed record SourceSpec(
    [property: Id(0)] SourceKind Kind,
    [property: Id(1)] string Address,
    [property: Id(2)] string Path = "",
    [property: Id(3)] string? Base = null);
