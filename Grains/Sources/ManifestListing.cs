using System.Runtime.CompilerServices;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>The items that a manifest names. Pictures are looked up, so that missing ones show before anything is read.</summary>
static class ManifestListing
{
    /// <summary>Look-ups under way at a time: a container answers each in milliseconds, and there may be millions.</summary>
    const int LookUps = 32;

    public static async IAsyncEnumerable<SourceItem> List(
        SourceSpec spec,
        SourceCatalog catalog,
        Func<SourceStream, string, CancellationToken, IAsyncEnumerable<ManifestRow>> read,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var source = catalog.Open(spec.Address);
        if (spec.Path.Length == 0)
            throw new SourceException($"A source of the kind '{spec.Kind.ToString().ToLowerInvariant()}' needs the path of its manifest.");
        var info = await source.Head(spec.Path, cancellation) ?? throw new SourceException($"There is no '{spec.Path}' in {SourceNames.Of(spec.Address)}.");
        var items = new ManifestItems(spec, catalog);
        await using var stream = new SourceStream(source, info, cancellation);
        var underWay = new Queue<Task<SourceItem>>();
        await foreach (var row in read(stream, spec.Path, cancellation))
        {
            underWay.Enqueue(items.Of(row, cancellation));
            if (underWay.Count >= LookUps)
                yield return await underWay.Dequeue();
        }

        while (underWay.TryDequeue(out var item))
            yield return await item;
    }

    sealed class ManifestItems(SourceSpec spec, SourceCatalog catalog)
    {
        readonly string address = spec.Base ?? spec.Address;
        readonly string folder = spec.Base is null ? spec.Path[..(spec.Path.LastIndexOf('/') + 1)] : "";
        readonly IObjectSource pictures = catalog.Open(spec.Base ?? spec.Address);
        readonly IObjectSource store = catalog.Open("");

        public async Task<SourceItem> Of(ManifestRow row, CancellationToken cancellation)
        {
            var (fault, code) = (row.Fault ?? Fault(row), "invalid");
            var picture = fault is not null || row.Text is not null ? null
                : row.Blob is { } sha256 ? new PictureReference(BlobPath.Of(sha256), sha256)
                : new PictureReference(folder + Plain(row.Path!), "", Source: address);
            if (picture is not null)
            {
                var (found, refusal) = await Find(row.Blob is null ? pictures : store, picture.Path, cancellation);
                if (refusal is not null)
                    (fault, code) = (refusal, "unreadable");
                else if (found is null)
                    (fault, code) = (row.Blob is null ? $"there is no '{picture.Path}' in {SourceNames.Of(address)}." : $"no blob {row.Blob} was uploaded.", "missing");
                else if (row.Blob is null)
                    picture = picture with { Version = found.Version };
            }

            if (fault is not null)
            {
                // Under the id that it would have, if it has one: that item is still named here. Of a line that cannot be read nobody knows whose it is.
                var id = row.Id ?? row.Path ?? row.Blob ?? $"{spec.Path}:{row.Place}";
                return SourceItem.Rejected(id, code, $"Line {row.Place} of '{spec.Path}': {fault}", hidesMore: row.Fault is not null);
            }

            return picture is null
                ? new SourceItem(row.Id!, SourceOutcome.Text, Text: row.Text, Metadata: row.Metadata)
                : new SourceItem(row.Id ?? row.Path ?? row.Blob!, SourceOutcome.Picture, picture, row.Caption, row.Metadata);
        }

        /// <summary>A link that leads out, or a file that is closed, is that line's error; a source that fails is everybody's.</summary>
        static async Task<(ObjectInfo? Found, string? Refusal)> Find(IObjectSource source, string path, CancellationToken cancellation)
        {
            try
            {
                return (await source.Head(path, cancellation), null);
            }
            catch (Exception e) when (e is SourceException or StoreException { IsOfObject: true })
            {
                return (null, e.Message);
            }
        }

        string? Fault(ManifestRow row)
        {
            if (row.Text is not null && (row.Path ?? row.Blob) is not null)
                return "it has a 'text' and a picture; a picture's text is its 'caption'.";
            if (new[] { row.Path, row.Blob, row.Text }.Count(given => given is not null) != 1)
                return "it needs exactly one of 'path', 'blob' and 'text'.";
            if (row.Text is not null)
                return row.Id is null ? "a text needs an 'id'." : row.Caption is not null ? "a text has no 'caption'." : null;
            if (row.Blob is { } blob)
                return BlobPath.IsHash(blob) ? null : $"'{blob}' is not the SHA-256 of a blob, 64 lower-case hex digits.";
            if (address.Length == 0)
                return "a 'path' needs a base address; uploaded pictures are named by 'blob'.";
            return ObjectPath.SourceFault(folder + Plain(row.Path!)) is { } wrong ? $"'{row.Path}' is not a path below the base address: {wrong}." : null;
        }

        static string Plain(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }
}
