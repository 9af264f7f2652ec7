using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>What clients have uploaded: blobs of the store, each at its SHA-256, and nothing else of the store.</summary>
sealed class UploadedBlobs(IObjectSource store) : IObjectSource
{
    /// <inheritdoc/>
    public async Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default) =>
        BlobPath.IsHash(path) ? await store.ReadRange(BlobPath.Of(path), offset, length, cancellation) : null;

    /// <inheritdoc/>
    public async Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default) =>
        BlobPath.IsHash(path) ? await store.Head(BlobPath.Of(path), cancellation) : null;

    /// <summary>Blobs are whoever's: nobody is shown them all.</summary>
    public IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default) =>
        throw new SourceException("What was uploaded cannot be listed; name a blob by its SHA-256.");

    /// <inheritdoc/>
    public string? LocalFile(string path) => null;
}
