using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>
/// Parts of an ingest job: a few items are read and encoded at a time, and what a block came to is committed to the corpus, block after block
/// in the order of the listing.
/// </summary>
sealed class IngestWork(ListingInput listing, ItemEncoding encoding, BlockCommit commit, MissingRemoval removal) : IJobWork
{
    public Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation) => (scope.Block, scope.Request.Stage) switch
    {
        ( < 0, _) => listing.Run(scope, cancellation),
        (_, 0) => encoding.Run(scope, cancellation),
        var (block, _) when block == scope.Input!.Blocks => removal.Run(scope, cancellation),
        _ => commit.Run(scope, cancellation),
    };
}
