using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Sources;
using MplugCluster.Grains.Storage;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Reads the queries, pairs or annotations of a job from the file that its plan names, once.</summary>
sealed class InputReading(IObjectStore store, SourceCatalog sources)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var plan = scope.Plan;
        try
        {
            var file = new JobInputFile(plan.Input!, sources);
            var writer = new JobInputWriter(store, plan.Id, plan.ItemsPerBlock);
            var summary = plan.Kind switch
            {
                JobKind.Rank => await writer.Write(file.Queries(plan.Rank!.Queries, cancellation), _ => 0, mayBeEmpty: false, cancellation),
                JobKind.Score => await writer.Write(file.Pairs(cancellation), _ => 0, mayBeEmpty: false, cancellation),
                _ => await writer.Write(file.Annotations(cancellation), picture => picture.Captions.Length, mayBeEmpty: false, cancellation),
            };
            return CallOutcomes.Done(new PartResult
            {
                Next = summary.Blocks,
                Items = (int)Math.Min(int.MaxValue, summary.Items),
                Fatal = summary.Items == 0 ? $"'{plan.Input!.Path}' has nothing in it to work on." : null,
            });
        }
        catch (Exception e) when (e is SourceException or InvalidDataException)
        {
            // Nothing has been done yet: whoever submitted the job should hear of it now, not when somebody looks why it does not get on.
            return CallOutcomes.Done(new PartResult { Fatal = e.Message });
        }
    }
}
