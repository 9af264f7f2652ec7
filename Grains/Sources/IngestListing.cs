using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Sources;

/// <summary>Lists what a corpus is to be filled with. The order is always the same for the same source; nothing is left out in silence.</summary>
public static class IngestListing
{
    /// <summary>As the API has it for items that callers send.</summary>
    const int MaxIdLength = 1024;

    /// <summary>Lists a source: folders and containers in ordinal order of their paths, tar files, manifests and uploads in their own.</summary>
    /// <exception cref="SourceException">The source is not allowed, is not there, or is not of its kind.</exception>
    /// <exception cref="StoreException">The source fails.</exception>
    public static IAsyncEnumerable<SourceItem> List(SourceSpec spec, SourceCatalog catalog, CancellationToken cancellation = default) => Judged(
        spec.Kind switch
        {
            SourceKind.Folder or SourceKind.Container => PictureListing.List(spec, catalog, cancellation),
            SourceKind.Tar => TarListing.List(spec, catalog, cancellation),
            SourceKind.Jsonl => ManifestListing.List(spec, catalog, JsonlManifest.Read, cancellation),
            SourceKind.Csv => ManifestListing.List(spec, catalog, CsvManifest.Read, cancellation),
            SourceKind.Parquet => ManifestListing.List(spec, catalog, ParquetManifest.Read, cancellation),
            SourceKind.Upload => UploadListing.List(spec, catalog, cancellation),
            _ => throw new SourceException($"There is no kind of source {spec.Kind}."),
        },
        cancellation);

    /// <summary>Counts what a listing finds, and shows the first of each kind.</summary>
    /// <param name="items">The listing.</param>
    /// <param name="first">How many of each kind to show.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public static async Task<ListingSummary> Summarize(IAsyncEnumerable<SourceItem> items, int first = 5, CancellationToken cancellation = default)
    {
        var (counts, shown) = (new long[4], Enum.GetValues<SourceOutcome>().Select(_ => new List<SourceItem>()).ToArray());
        var (ignored, rejected) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        await foreach (var item in items.WithCancellation(cancellation))
        {
            counts[(int)item.Outcome]++;
            if (shown[(int)item.Outcome].Count < first)
                shown[(int)item.Outcome].Add(item);
            if (item.Outcome == SourceOutcome.Ignored)
                CollectionsMarshal.GetValueRefOrAddDefault(ignored, Path.GetExtension(item.Id).ToLowerInvariant(), out _)++;
            if (item.Outcome == SourceOutcome.Rejected)
                CollectionsMarshal.GetValueRefOrAddDefault(rejected, item.Error!.Code, out _)++;
        }

        return new ListingSummary(
            counts[(int)SourceOutcome.Picture],
            counts[(int)SourceOutcome.Text],
            ignored,
            rejected,
            [.. shown[(int)SourceOutcome.Picture]],
            [.. shown[(int)SourceOutcome.Text]],
            [.. shown[(int)SourceOutcome.Ignored]],
            [.. shown[(int)SourceOutcome.Rejected]]);
    }

    /// <summary>Rejects ids that no item may have, and the second and later of equal ones. Hashes of ids, because there may be millions.</summary>
    static async IAsyncEnumerable<SourceItem> Judged(IAsyncEnumerable<SourceItem> items, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = new HashSet<UInt128>();
        await foreach (var item in items.WithCancellation(cancellation))
        {
            if (item is { Outcome: SourceOutcome.Ignored } or { Outcome: SourceOutcome.Rejected, IsListed: false })
                yield return item.Id.Length > MaxIdLength ? item with { Id = Shown(item.Id) } : item;
            else if (item.Id.Length is 0 or > MaxIdLength)
                yield return SourceItem.Rejected(Shown(item.Id), "invalid", $"Its id has {item.Id.Length} characters, 1 to {MaxIdLength} are allowed.");
            else if (!seen.Add(XxHash128.HashToUInt128(MemoryMarshal.AsBytes(item.Id.AsSpan()))))
                yield return SourceItem.Rejected(item.Id, "duplicate_id", $"An item before it has the id '{item.Id}' too; the first counts.");
            else
                yield return item;
        }
    }

    static string Shown(string id) => id.Length > MaxIdLength ? id[..MaxIdLength] : id;
}
