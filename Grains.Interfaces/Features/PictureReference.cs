namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Where a picture's bytes lie. Pictures never travel between silos: this does.</summary>
/// <param name="Path">Path within the source.</param>
/// <param name="ContentHash">SHA-256 of the bytes, lower-case hex; bytes that hash to something else are the item error <c>changed</c>.</param>
/// <param name="Offset">First byte within the object (tar members); 0 for a whole object.</param>
/// <param name="Length">Bytes, or -1 for everything from <paramref name="Offset"/> on.</param>
/// <param name="Source">Where the path leads: empty for the cluster's own store, else a source's address (<c>folder:/data/pictures</c>, <c>azure:container</c>).</param>
/// <param name="Version">What the source said of the object's state when it was listed: an ETag, or size and time; what "unchanged" is judged by.</param>
[GenerateSerializer, Immutable, Alias("mplug.PictureReference")]
public sealed record PictureReference(
    [property: Id(0)] string Path,
    [property: Id(1)] string ContentHash,
    [property: Id(2)] long Offset = 0,
    [property: Id(3)] long Length = -1,
    [property: Id(4)] string Source = "",
    [property: Id(5)] string? Version = null);
