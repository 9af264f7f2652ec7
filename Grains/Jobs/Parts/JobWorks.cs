using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Evaluating;
using MplugCluster.Grains.Jobs.Ingesting;
using MplugCluster.Grains.Jobs.Ranking;
using MplugCluster.Grains.Jobs.Scoring;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>The work of each kind of job.</summary>
sealed class JobWorks(RankWork rank, ScoreWork score, EvaluateWork evaluate, IngestWork ingest)
{
    public IJobWork Of(JobKind kind) => kind switch
    {
        JobKind.Rank => rank,
        JobKind.Score => score,
        JobKind.Evaluate => evaluate,
        JobKind.Ingest => ingest,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of job."),
    };
}
