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

    /// <summary>Bytes of the largest file that is read at all; the server has a limit of its own, 32 MiB unless it is told otherwise.</summary>
    const int MaxPictureBytes = 1 << 27;

    readonly MplugClient client;
    readonly SourceSpec spec;
    readonly SourceCatalog catalog;
    readonly PictureFiles files;
    readonly string address;
    readonly string stamp;
    int sent;

    /// <summary>The upload of a source.</summary>
    /// <param name="client">The server.</param>
    /// <param name="source">What is on this machine, with its kind.</param>
    /// <param name="name">By which later uploads are known to be of the same source. Default: this machine's name, the kind and the path.</param>
    public SourceUpload(MplugClient client, IngestSource source, string? name)
    {
        this.client = client;
        spec = new SourceSpec(Enum.Parse<SourceKind>(source.Kind!, ignoreCase: true), source.Address, source.Path, source.Pictures);
        catalog = new SourceCatalog(new ServerBlobs(client), UserSettings.ThisMachine, new AzureAccount());
        files = new PictureFiles(catalog, MaxPictureBytes);
        var path = Path.Combine(source.Address[(source.Address.IndexOf(':') + 1)..], source.Path);
        address = UploadAddress.Of(name ?? $"{Environment.MachineName}:{source.Kind}:{path}");
        stamp = ShortHash(address);
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
        var known = await KnownPictures.Read(client, corpus, stamp, cancellation);
        var listing = new ListingUpload(client);
        var underWay = new Queue<Task<UploadedItem>>();
        var done = 0L;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await foreach (var item in IngestListing.List(spec, catalog, cancellation))
            {
                if (item.Outcome == SourceOutcome.Ignored)
                    continue;
                underWay.Enqueue(LineOf(item, known, stop.Token));
                if (underWay.Count >= UnderWay)
                    await Take();
            }

            while (underWay.Count > 0)
                await Take();
            return new IngestSource(address, "upload", await listing.Finish(cancellation));
        }
        finally
        {
            // Whatever ended this: nothing is sent any more when it has ended.
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task Take()
        {
            await listing.Add(await underWay.Dequeue(), cancellation);
            progress(++done);
        }
    }

    async Task<UploadedItem> LineOf(SourceItem item, KnownPictures known, CancellationToken cancellation)
    {
        if (item.Error is { } error)
            return new UploadedItem(item.Id, Error: error.Code, Reason: error.Reason, HidesMore: item.HidesMore);
        var metadata = item.Metadata is { } json ? JsonElement.Parse(json) : (JsonElement?)null;
        if (item.Picture is not { } picture)
            return new UploadedItem(item.Id, Text: item.Text, Metadata: metadata);
        var line = new UploadedItem(item.Id, picture.ContentHash, picture.Version is null ? null : VersionOf(picture), item.Text, Metadata: metadata);
        if (line.Blob!.Length > 0)
            return line;
        if (known.BlobOf(item.Id, line.Version) is { } there)
            return line with { Blob = there };
        try
        {
            var (blob, fault) = await Upload(picture, cancellation);
            return fault is null ? line with { Blob = blob } : new UploadedItem(item.Id, Error: fault.Code, Reason: fault.Message, IsListed: fault.Code != BlobUpload.BrokenOff);
        }
        catch (StoreException e)
        {
            // Nobody else's error, and perhaps gone the next time: what the corpus has of it stays.
            return new UploadedItem(item.Id, Error: "unreadable", Reason: e.Message);
        }
    }

    async Task<(string? Blob, ApiError? Error)> Upload(PictureReference picture, CancellationToken cancellation)
    {
        var (content, unread) = await files.Read(picture, cancellation);
        if (content is null)
            return (null, new ApiError(unread!.Code, unread.Reason));
        var hash = BlobUpload.HashOf(content);
        if (await BlobUpload.IsThere(client, hash, cancellation))
            return (hash, null);
        if (await BlobUpload.Send(client, hash, content, cancellation) is { } refused)
            return (null, refused);
        Interlocked.Increment(ref sent);
        return (hash, null);
    }

    /// <summary>Its state, and which file it is: two may be alike in size and time, and an id may get another one.</summary>
    string VersionOf(PictureReference picture) =>
        $"{stamp}-{ShortHash($"{picture.Source}\n{picture.Path}\n{picture.Offset}\n{picture.Length}")}-{picture.Version}";

    static string ShortHash(string text) => BlobUpload.HashOf(Encoding.UTF8.GetBytes(text))[..12];
}
