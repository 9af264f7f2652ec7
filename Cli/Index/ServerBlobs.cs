using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cli.Index;

/// <summary>The server's blobs, as far as a listing made here asks for them: whether one is there.</summary>
sealed class ServerBlobs(MplugClient client) : IObjectSource
{
    public async Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default) =>
        await BlobUpload.IsThere(client, path[(path.LastIndexOf('/') + 1)..], cancellation) ? new ObjectInfo(path, 0, default, "") : null;

    public string? LocalFile(string path) => null;

    public Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default) =>
        throw new NotSupportedException("Blobs of the server are not read here.");

    public IAsyncEnumerable<ObjectInfo> List(string folder, CancellationToken cancellation = default) =>
        throw new NotSupportedException("Blobs of the server are not listed here.");
}
