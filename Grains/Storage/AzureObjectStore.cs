using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace MplugCluster.Grains.Storage;

/// <summary>
/// Objects as blobs of an Azure container, below a prefix if one is given. Every write is one request, so that readers see the old content or
/// the new; conditions are Azure's own, so that writers of all machines take turns.
/// </summary>
public sealed class AzureObjectStore : IObjectStore
{
    /// <summary>Azure's own limit for one request; a byte array is smaller anyhow.</summary>
    const long OneRequest = 5000L << 20;

    /// <summary>Metadata key of a write's own number: see <see cref="OwnWrite"/>.</summary>
    const string WriteKey = "mplugwrite";

    readonly BlobContainerClient container;
    readonly ContainerAddress address;
    readonly string setting;
    readonly bool isSource;
    readonly bool createsContainer;
    bool? hasDirectories;

    AzureObjectStore(AzureAccount account, BlobServiceClient service, ContainerAddress address, bool isSource, bool createsContainer)
    {
        container = service.GetBlobContainerClient(address.Container);
        (this.address, this.isSource, this.createsContainer, setting) = (address, isSource, createsContainer, account.Setting);
    }

    /// <summary>A cluster's own store. The network is asked only when something is read or written.</summary>
    /// <param name="account">The account; without faults.</param>
    /// <param name="address">Container and prefix.</param>
    /// <param name="createsContainer">Whether a missing container is made; else it is an error.</param>
    public static AzureObjectStore OpenStore(AzureAccount account, ContainerAddress address, bool createsContainer = true) =>
        new(account, account.Open(), address, isSource: false, createsContainer);

    /// <summary>Somebody's container to read from: whatever names its blobs have; a missing container is an error.</summary>
    public static IObjectSource OpenSource(AzureAccount account, ContainerAddress address) =>
        new AzureObjectStore(account, account.Open(), address, isSource: true, createsContainer: false);

    /// <inheritdoc/>
    public async Task<StoredObject?> Read(string path, CancellationToken cancellation = default)
    {
        var blob = BlobOf(path);
        return await Call(path, () => Download(blob, default, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadRange(string path, long offset, long length, CancellationToken cancellation = default)
    {
        var blob = BlobOf(path);
        if (length == 0)
            return await Head(path, cancellation) is null ? null : [];
        var range = offset == 0 && length < 0 ? default : new HttpRange(offset, length < 0 ? null : length);
        return (await Call(path, () => Download(blob, range, cancellation), cancellation))?.Content;
    }

    /// <inheritdoc/>
    public async Task<ObjectInfo?> Head(string path, CancellationToken cancellation = default)
    {
        var blob = BlobOf(path);
        return await Call<ObjectInfo?>(
            path,
            async () =>
            {
                var found = (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value;
                return new ObjectInfo(path, found.ContentLength, found.LastModified, Version(found.ETag));
            },
            cancellation);
    }

    /// <inheritdoc/>
    public string? LocalFile(string path) => null;

    /// <inheritdoc/>
    public async Task<string?> Write(string path, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation = default)
    {
        var blob = BlobOf(path);
        var write = Guid.NewGuid().ToString("N");
        var options = new BlobUploadOptions
        {
            Conditions = condition.MustBeAbsent ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                : condition.ETag is { } etag ? new BlobRequestConditions { IfMatch = new ETag(etag) }
                : null,
            Metadata = new Dictionary<string, string> { [WriteKey] = write },
            TransferOptions = new() { InitialTransferSize = OneRequest, MaximumTransferSize = OneRequest, MaximumConcurrency = 1 },
        };
        return await Call(
            path,
            async () =>
            {
                try
                {
                    return Version((await blob.UploadAsync(BinaryData.FromBytes(content), options, cancellation)).Value.ETag);
                }
                catch (RequestFailedException e) when (condition != WriteCondition.None && IsUnmet(e))
                {
                    return await OwnWrite(blob, write, cancellation);
                }
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(string path, CancellationToken cancellation = default)
    {
        var blob = BlobOf(path);
        return await Call(
            path,
            async () =>
            {
                await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Pages are passed on as they come, in Azure's order, which is the ordinal one; an account with directories (hierarchical namespace) has
    /// another, and is read to its end and sorted first.
    /// </remarks>
    public async IAsyncEnumerable<ObjectInfo> List(string folder, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var prefix = folder.Length == 0 ? address.Prefix : $"{address.Prefix}{Checked(folder)}/";
        var sorted = await Call(folder, () => HasDirectories(cancellation), cancellation) ? new List<ObjectInfo>() : null;
        await using var pages = container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix.Length == 0 ? null : prefix }, cancellation)
            .AsPages().GetAsyncEnumerator(cancellation);
        while (await Call(folder, async () => await pages.MoveNextAsync(), cancellation))
        {
            foreach (var blob in pages.Current.Values)
            {
                var found = blob.Properties;
                var info = new ObjectInfo(
                    blob.Name[address.Prefix.Length..], found.ContentLength ?? 0, found.LastModified ?? default, found.ETag is { } etag ? Version(etag) : "");
                if (sorted is null)
                    yield return info;
                else
                    sorted.Add(info);
            }
        }

        foreach (var info in (sorted ?? []).OrderBy(info => info.Path, StringComparer.Ordinal))
            yield return info;
    }

    /// <summary>Answers have it in quotes, listings without.</summary>
    static string Version(ETag etag) => etag.ToString().Trim('"');

    static bool IsUnmet(RequestFailedException failure) =>
        failure.Status == 412 || failure.ErrorCode == BlobErrorCode.BlobAlreadyExists || failure.ErrorCode == BlobErrorCode.BlobNotFound;

    static async Task<StoredObject?> Download(BlobClient blob, HttpRange range, CancellationToken cancellation)
    {
        try
        {
            using var download = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, cancellation)).Value;
            var content = new byte[download.Details.ContentLength];
            await download.Content.ReadExactlyAsync(content, cancellation);
            return new StoredObject(content, Version(download.Details.ETag));
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidRange)
        {
            return new StoredObject([], "");
        }
    }

    /// <summary>
    /// A condition that fails may fail because of this very write: it arrived, its answer was lost, and the library tried again. Then the blob
    /// bears this write's number, and the write has succeeded.
    /// </summary>
    static async Task<string?> OwnWrite(BlobClient blob, string write, CancellationToken cancellation)
    {
        try
        {
            var found = (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value;
            return found.Metadata.TryGetValue(WriteKey, out var last) && last == write ? Version(found.ETag) : null;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <summary>False also where the account does not tell: signatures for one container may not ask.</summary>
    async Task<bool> HasDirectories(CancellationToken cancellation)
    {
        try
        {
            return hasDirectories ??= (await container.GetParentBlobServiceClient().GetAccountInfoAsync(cancellation)).Value.IsHierarchicalNamespaceEnabled;
        }
        catch (RequestFailedException e) when (e.Status is >= 400 and < 500)
        {
            return false;
        }
    }

    /// <summary>One call: an absent blob is no value, everything else that fails is told.</summary>
    async Task<T?> Call<T>(string path, Func<Task<T>> call, CancellationToken cancellation)
    {
        for (var created = false; ; created = true)
        {
            try
            {
                return await call();
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                return default;
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound && createsContainer && !created)
            {
                await CreateContainer(cancellation);
            }
            catch (Exception e) when (AzureFailures.IsFailure(e, cancellation))
            {
                throw AzureFailures.Tell(container.Uri, path, setting, e);
            }
        }
    }

    async Task CreateContainer(CancellationToken cancellation)
    {
        try
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        }
        catch (Exception e) when (AzureFailures.IsFailure(e, cancellation))
        {
            throw AzureFailures.Tell(container.Uri, "", setting, e);
        }
    }

    BlobClient BlobOf(string path) => container.GetBlobClient(address.Prefix + Checked(path));

    string Checked(string path) => isSource ? ObjectPath.CheckSource(path) : ObjectPath.Check(path);
}
