namespace MplugCluster.Grains.Storage;

/// <summary>
/// The one store for everything durable: named, whole objects with conditional writes. Paths are relative, with '/' between segments.
/// Every method throws <see cref="StoreException"/> when the store itself fails.
/// </summary>
public interface IObjectStore : IObjectSource
{
    /// <summary>Reads a whole object; null if there is none.</summary>
    Task<StoredObject?> Read(string path, CancellationToken cancellation = default);

    /// <summary>Writes a whole object: readers see the old or the new content, never a part.</summary>
    /// <returns>The new ETag, or null when the condition did not hold and nothing was written.</returns>
    Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default);

    /// <summary>Deletes an object; false if there was none.</summary>
    Task<bool> Delete(string path, CancellationToken cancellation = default);
}
