using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>
/// The last block of an ingest that removes what is missing: items that came from the same source before and were not listed now. A listing with
/// gaps removes nothing: what was not seen is not known to be gone.
/// </summary>
sealed class MissingRemoval(ICorpora corpora, ListingIndexes listings)
{
    const int ItemsPerPage = 1000;

    /// <summary>Ids in one message; an id has up to 1,024 characters.</summary>
    const int IdsPerCommit = 2000;

    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var plan = scope.Plan;
        var missing = await Decision.Once(scope, () => FindMissing(scope, cancellation), cancellation);
        foreach (var (number, ids) in missing.Gone.Chunk(IdsPerCommit).Index())
        {
            // Each is a block of its own to the corpus, which has taken it or not, whoever repeats it.
            var reply = await corpora.Commit(plan.Corpus!, new CorpusCommit(plan.CorpusId, plan.Id, scope.Block + number, null, ids), cancellation);
            if (CommitReplies.Fault(reply, plan) is { } fault)
                return fault;
        }

        var source = plan.Ingest!.Source;
        ErrorLine[] errors = missing.Kept is { } kept ? [ErrorLine.Of(source is { Path.Length: > 0, Kind: not SourceKind.Upload } ? source.Path : source.Address, kept)] : [];
        return CallOutcomes.Done(new PartResult
        {
            Rows = JsonLines.Of(missing.Gone.Select(id => new IngestRow(id, "removed", null, null))),
            Errors = errors,
            Items = missing.Gone.Length,
            Failed = errors.Length,
        });
    }

    async Task<MissingItems> FindMissing(PartScope scope, CancellationToken cancellation)
    {
        var listing = await listings.Of(scope, cancellation);
        var origin = IngestOrigin.Of(scope.Plan.Ingest!.Source);
        var gone = new List<string>();
        string? cursor = null;
        do
        {
            var page = await corpora.List(scope.Plan.Corpus!, cursor, ItemsPerPage, cancellation);
            gone.AddRange(page.Items.Where(item => item.Origin == origin && listing.PlaceOf(item.Id) is null).Select(item => item.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return gone.Count == 0 || listing.Gap is not { } gap ? new MissingItems([.. gone]) : new MissingItems([], gap with
        {
            Reason = $"{(gone.Count == 1 ? "1 item of this source was" : $"{gone.Count} items of this source were")} not listed. Nothing was removed, because {gap.Reason}",
        });
    }
}
