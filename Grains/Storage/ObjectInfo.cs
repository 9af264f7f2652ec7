namespace MplugCluster.Grains.Storage;

/// <summary>An object without its content.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Length">Bytes.</param>
/// <param name="LastModified">Time of the last write.</param>
/// <param name="Version">Changes whenever the content does: an ETag, or size and time of a file.</param>
/// <param name="Fault">Why it is listed but cannot be read (a link that leads out of the source); null for everything else.</param>
public sealed record ObjectInfo(string Path, long Length, DateTimeOffset LastModified, string Version, string? Fault = null);
