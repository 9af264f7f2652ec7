using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>Parts of an evaluate job: embeddings of pictures and captions, candidates both ways, the union of the pairs, the metrics.</summary>
sealed class EvaluateWork(InputReading input, SetEncoding encoding, SetCandidates candidates, SetPairs pairs, SetMetrics metrics) : IJobWork
{
    public Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation) => (scope.Block, scope.Request.Stage) switch
    {
        ( < 0, _) => input.Run(scope, cancellation),
        (_, 0) => encoding.Pictures(scope, cancellation),
        (_, 1) => encoding.Captions(scope, cancellation),
        (_, 2) => candidates.Run(scope, cancellation),
        (_, 3) => pairs.Run(scope, cancellation),
        _ => metrics.Run(scope, cancellation),
    };
}
