using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>What a corpus's refusal means for the job.</summary>
static class CommitReplies
{
    /// <summary>Null when the corpus has taken the block; a corpus that is gone or another ends the job, anything else is tried again.</summary>
    public static CallOutcome<PartResult>? Fault(CorpusReply reply, JobPlan plan) => reply.Status switch
    {
        CorpusStatus.Ok => null,
        CorpusStatus.NotFound or CorpusStatus.Mismatch => CallOutcomes.Done(new PartResult { Fatal = reply.Message ?? $"Corpus '{plan.Corpus}' is gone." }),
        _ => CallOutcomes.Failed<PartResult>(CallStatus.ModelUnavailable, reply.Message ?? $"Corpus '{plan.Corpus}' did not take the block."),
    };
}
