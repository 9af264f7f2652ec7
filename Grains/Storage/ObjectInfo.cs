namespace MplugCluster.Grains.Storage;

/// <summary>An object without its content.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Length">Bytes.</param>
/// <param name="LastModified">Time of the last write.</param>
/// <param name="Version">Changes whenever the content does: an ETag, or size and time of a file.</param>
public sealed record ObjectInfo(string Path, long Length, DateTimeOffset LastModified, string Version);
