namespace MplugCluster.Grains.Storage;

/// <summary>
/// The one store for everything durable: named, whole objects with conditional writes. Paths are relative, with '/' between segments.
/// Every method throws <see cref="StoreException"/> when the store itself fails.
/// </summary>
public interface IObjectStore
{
    /// <summary>Reads a whole object; null if there is none.</summary>
    Task<StoredObject?> Read(string path, CancellationToken cancellation = default);

    /// <summary>Reads bytes of an object; null if there is none, fewer bytes if it ends before.</summary>
    /// <param name="path">The object.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes, or -1 for everything from there on.</param>
    /// <param name="cancellation">Stops the reading.</param>
    Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default);

    /// <summary>What is known of an object without reading it; null if there is none.</summary>
    Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default);

    /// <summary>Writes a whole object: readers see the old or the new content, never a part.</summary>
    /// <returns>The new ETag, or null when the condition did not hold and nothing was written.</returns>
    Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default);

    /// <summary>Deletes an object; false if there was none.</summary>
    Task<bool> Delete(string path, CancellationToken cancellation = default);

    /// <summary>Objects whose path begins with a folder, in ordinal order of their paths.</summary>
    IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default);
}
