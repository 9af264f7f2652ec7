using System.Text;
using System.Text.Json;
using MplugCluster.Cli.Connection;
using MplugCluster.Cli.Pictures;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Client;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Cli.Index;

/// <summary>
/// A source of this machine, brought to a server: listed here as a cluster would list it, its pictures sent as blobs, then the listing that names
/// them. The job that reads that is as any other: it knows duplicates and what is missing, and survives crashes.
/// </summary>
sealed class SourceUpload
{
    /// <summary>Pictures that are read and sent side by side.</summary>
    const int UnderWay = 8;

    /// <summary>Bytes of the largest file that is read at all; the server has a limit of its own.</summary>
    const int MaxPictureBytes = 1 << 30;

    readonly MplugClient client;
    readonly SourceSpec spec;
    readonly SourceCatalog catalog;
    readonly PictureFiles files;
    readonly string address;
    readonly string stamp;
    Dictionary<string, (string Version, string Blob)> known = [];
    int sent;

    public SourceUpload(MplugClient client, IngestSource source)
    {
        this.client = client;
        spec = new SourceSpec(KindOf(source), source.Address, source.Path, source.Pictures);
        catalog = new SourceCatalog(new ServerBlobs(client), UserSettings.ThisMachine, new AzureAccount());
        files = new PictureFiles(catalog, MaxPictureBytes);
        var path = Path.Combine(source.Address[(source.Address.IndexOf(':') + 1)..], source.Path);
        address = $"upload:{Environment.MachineName}:{spec.Kind.ToString().ToLowerInvariant()}:{path}";

        // Files of two folders may be alike in name, size and time.
        stamp = BlobUpload.HashOf(Encoding.UTF8.GetBytes(address))[..12];
    }

    /// <summary>Pictures that were sent; the others were there.</summary>
    public int Sent => sent;

    /// <summary>What is in the source.</summary>
    /// <exception cref="SourceException">It cannot be listed.</exception>
    public Task<ListingSummary> Summarize(CancellationToken cancellation) =>
        IngestListing.Summarize(IngestListing.List(spec, catalog, cancellation), cancellation: cancellation);

    /// <summary>Sends what the server has not; after a stop it goes on with what is missing.</summary>
    /// <param name="corpus">The corpus to fill. Pictures that it has in the state they are in here are not even read.</param>
    /// <param name="progress">Told how many items are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The source that an ingest names.</returns>
    public async Task<IngestSource> Send(string corpus, Action<long> progress, CancellationToken cancellation)
    {
        known = await Known(corpus, cancellation);
        var listing = new ListingUpload(client);
        var underWay = new Queue<Task<UploadedItem>>();
        var done = 0L;
        await foreach (var item in IngestListing.List(spec, catalog, cancellation))
        {
            if (item.Outcome == SourceOutcome.Ignored)
                continue;
            underWay.Enqueue(Send(item, cancellation));
            if (underWay.Count >= UnderWay)
                await Take();
        }

        while (underWay.Count > 0)
            await Take();
        return new IngestSource(address, "upload", await listing.Finish(cancellation));

        async Task Take()
        {
            await listing.Add(await underWay.Dequeue(), cancellation);
            progress(++done);
        }
    }

    /// <summary>Pictures that the corpus has from this source.</summary>
    async Task<Dictionary<string, (string Version, string Blob)>> Known(string corpus, CancellationToken cancellation)
    {
        var found = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        if (await client.FindCorpus(corpus, cancellation) is null)
            return found;
        await foreach (var item in client.Items(corpus, cancellation))
        {
            if (item is { Blob: { } blob, Source: { } version } && version.StartsWith(stamp, StringComparison.Ordinal))
                found[item.Id] = (version, blob);
        }

        return found;
    }

    async Task<UploadedItem> Send(SourceItem item, CancellationToken cancellation)
    {
        if (item.Error is { } error)
            return new UploadedItem(item.Id, Error: error.Code, Reason: error.Reason, HidesMore: item.HidesMore);
        var metadata = item.Metadata is { } json ? JsonElement.Parse(json) : (JsonElement?)null;
        if (item.Picture is not { } picture)
            return new UploadedItem(item.Id, Text: item.Text, Metadata: metadata);
        var line = new UploadedItem(item.Id, picture.ContentHash, picture.Version is null ? null : $"{stamp}-{picture.Version}", item.Text, Metadata: metadata);
        if (line.Blob!.Length > 0)
            return line;
        if (known.TryGetValue(item.Id, out var there) && there.Version == line.Version && await client.HasBlob(there.Blob, cancellation))
            return line with { Blob = there.Blob };
        var (blob, fault) = await Send(picture, cancellation);
        return fault is null ? line with { Blob = blob } : new UploadedItem(item.Id, Error: fault.Code, Reason: fault.Message);
    }

    async Task<(string? Blob, ApiError? Error)> Send(PictureReference picture, CancellationToken cancellation)
    {
        var (content, unread) = await files.Read(picture, cancellation);
        if (content is null)
            return (null, new ApiError(unread!.Code, unread.Reason));
        var hash = BlobUpload.HashOf(content);
        if (await client.HasBlob(hash, cancellation))
            return (hash, null);
        if (await BlobUpload.Send(client, hash, content, cancellation) is { } refused)
            return (null, refused);
        Interlocked.Increment(ref sent);
        return (hash, null);
    }

    static SourceKind KindOf(IngestSource source) =>
        Enum.Parse<SourceKind>(source.Kind ?? (source.Path.Length > 0 ? Path.GetExtension(source.Path).TrimStart('.') : "folder"), ignoreCase: true);
}
