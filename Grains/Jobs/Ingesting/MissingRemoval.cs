using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>The last block of an ingest that removes what is missing: items that came from the same source before and were not listed now.</summary>
sealed class MissingRemoval(ICorpora corpora)
{
    const int ItemsPerPage = 1000;

    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var plan = scope.Plan;
        var gone = await Decision.Once(scope, () => FindMissing(scope, cancellation), cancellation);
        var reply = await corpora.Commit(plan.Corpus!, new CorpusCommit(plan.CorpusId, plan.Id, scope.Block, null, gone), cancellation);
        return CommitReplies.Fault(reply, plan) ?? CallOutcomes.Done(new PartResult
        {
            Rows = JsonLines.Of(gone.Select(id => new IngestRow(id, "removed", null, null))),
            Items = gone.Length,
        });
    }

    async Task<string[]> FindMissing(PartScope scope, CancellationToken cancellation)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        for (var block = 0; block < scope.Input!.Blocks; block++)
            listed.UnionWith((await scope.ReadInput<IngestItem>(block, cancellation)).Select(item => item.Id));
        var origin = IngestOrigin.Of(scope.Plan.Ingest!.Source);
        var gone = new List<string>();
        string? cursor = null;
        do
        {
            var page = await corpora.List(scope.Plan.Corpus!, cursor, ItemsPerPage, cancellation);
            gone.AddRange(page.Items.Where(item => item.Origin == origin && !listed.Contains(item.Id)).Select(item => item.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return [.. gone];
    }
}
