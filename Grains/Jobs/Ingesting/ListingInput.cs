using System.Runtime.CompilerServices;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Sources;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>Lists an ingest's source, once: what is in it then is what the job is about. Files that are no pictures are no items.</summary>
sealed class ListingInput(IObjectStore store, SourceCatalog sources)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var plan = scope.Plan;
        try
        {
            var summary = await new JobInputWriter(store, plan.Id, plan.ItemsPerBlock)
                .Write(Items(plan.Ingest!.Source, cancellation), _ => 0, mayBeEmpty: true, cancellation);
            return CallOutcomes.Done(new PartResult { Next = summary.Blocks, Items = (int)Math.Min(int.MaxValue, summary.Items) });
        }
        catch (SourceException e)
        {
            // Nothing has been done yet: whoever submitted the job should hear of it now, not when somebody looks why it does not get on.
            return CallOutcomes.Done(new PartResult { Fatal = e.Message });
        }
    }

    async IAsyncEnumerable<IngestItem> Items(SourceSpec source, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in IngestListing.List(source, sources, cancellation))
        {
            if (item.Outcome != SourceOutcome.Ignored)
                yield return new IngestItem(item.Id, item.Picture, item.Text, item.Metadata, item.Error, item.HidesMore, item.IsListed);
        }
    }
}
