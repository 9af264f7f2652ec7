namespace MplugCluster.Grains.Storage;

/// <summary>
/// Named objects that can be listed and read: a store, a folder, a container. Paths are relative, with '/' between segments.
/// Every method throws <see cref="StoreException"/> when the source itself fails.
/// </summary>
public interface IObjectSource
{
    /// <summary>Reads bytes of an object; null if there is none, fewer bytes if it ends before.</summary>
    /// <param name="path">The object.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes, or -1 for everything from there on.</param>
    /// <param name="cancellation">Stops the reading.</param>
    Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default);

    /// <summary>What is known of an object without reading it; null if there is none.</summary>
    Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default);

    /// <summary>Objects whose path begins with a folder (empty: all), in ordinal order of their paths.</summary>
    IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default);

    /// <summary>The object as a file of this machine, where the source is a directory; null where it is not, and must be read.</summary>
    string? LocalFile(string path);
}
