namespace MplugCluster.Grains.Storage;

/// <summary>An object without its content.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Length">Bytes.</param>
/// <param name="LastModified">Time of the last write.</param>
public sealed record ObjectInfo(string Path, long Length, DateTimeOffset LastModified);
