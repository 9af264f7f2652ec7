using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>
/// Finds who in the corpus has the contents of a block's new pictures, and will have them after this ingest. Who is about to get another content
/// or to be removed does not count: else a picture that was renamed, or two that were swapped, would be duplicates of what goes.
/// </summary>
sealed class OwnerSearch(ICorpora corpora, ListingIndexes listings)
{
    const int PerCall = 1000;

    /// <summary>Those who stay, by content hash, in ordinal order of their ids.</summary>
    public async Task<ILookup<string, ContentOwner>> Find(PartScope scope, IngestVerdict[] verdicts, CancellationToken cancellation)
    {
        var owners = new List<(string Hash, string Id)>();
        var hashes = verdicts.Where(verdict => verdict.Item?.Picture is not null).Select(verdict => verdict.Item!.Picture!.ContentHash);
        foreach (var some in hashes.Distinct(StringComparer.Ordinal).Chunk(PerCall))
        {
            foreach (var (hash, ids) in some.Zip(await corpora.FindOwners(scope.Plan.Corpus!, some, cancellation)))
                owners.AddRange(ids.Select(id => (hash, id)));
        }

        var here = verdicts.Where(verdict => verdict.IsListed).ToDictionary(verdict => verdict.Id, StringComparer.Ordinal);
        var elsewhere = owners.Select(owner => owner.Id).Where(id => !here.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToArray();
        var staying = elsewhere.Length == 0 ? [] : await Staying(scope, elsewhere, cancellation);
        return owners
            .Where(owner => here.TryGetValue(owner.Id, out var verdict) ? Keeps(verdict, owner.Hash) : staying.ContainsKey(owner.Id))
            .ToLookup(owner => owner.Hash, owner => new ContentOwner(owner.Id, staying.GetValueOrDefault(owner.Id)), StringComparer.Ordinal);
    }

    /// <summary>What becomes of an owner in this block is known.</summary>
    static bool Keeps(IngestVerdict verdict, string hash) => verdict.Outcome == "unchanged" || verdict.Item?.Picture?.ContentHash == hash;

    /// <summary>Which items of other blocks, or of none, stay as the corpus has them, and whether an earlier block has them.</summary>
    async Task<Dictionary<string, bool>> Staying(PartScope scope, string[] ids, CancellationToken cancellation)
    {
        var listing = await listings.Of(scope, cancellation);
        var removesMissing = scope.Plan.Ingest!.DeleteMissing && listing.Gap is null;
        var origin = IngestOrigin.Of(scope.Plan.Ingest.Source);
        var staying = new Dictionary<string, bool>(StringComparer.Ordinal);
        var later = new List<(int Place, CorpusItem Item)>();
        foreach (var item in await FindItems(scope.Plan.Corpus!, ids, cancellation))
        {
            var block = listing.PlaceOf(item.Id) is not { } place ? (int?)null : place == ListingIndex.Rejected ? place : place / scope.Plan.ItemsPerBlock;
            if (block > scope.Block)
                later.Add((listing.PlaceOf(item.Id)!.Value, item));
            else if (block is not null || !removesMissing || item.Origin != origin)
                staying[item.Id] = block >= 0;
        }

        // What will be read later counts if the source says that it has not changed.
        foreach (var some in later.GroupBy(owner => owner.Place / scope.Plan.ItemsPerBlock))
        {
            var listed = await scope.ReadInput<IngestItem>(some.Key, cancellation);
            foreach (var (place, there) in some)
            {
                var now = listed[place % scope.Plan.ItemsPerBlock].Picture;
                if (ItemEncoding.IsSame(there.Picture, now) || now?.ContentHash == there.Picture!.ContentHash)
                    staying[there.Id] = false;
            }
        }

        return staying;
    }

    async Task<List<CorpusItem>> FindItems(string corpus, string[] ids, CancellationToken cancellation)
    {
        var found = new List<CorpusItem>();
        foreach (var some in ids.Chunk(PerCall))
            found.AddRange((await corpora.Find(corpus, some, cancellation)).OfType<CorpusItem>());
        return found;
    }
}
