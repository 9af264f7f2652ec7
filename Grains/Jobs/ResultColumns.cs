using MplugCluster.Grains.Interfaces.Jobs;
using static MplugCluster.Grains.Jobs.ResultType;

namespace MplugCluster.Grains.Jobs;

/// <summary>The columns of each kind of job, in order. Rows are JSON objects with these members; a missing value is a missing member.</summary>
public static class ResultColumns
{
    /// <summary>Columns of a kind.</summary>
    public static IReadOnlyList<ResultColumn> Of(JobKind kind) => kind switch
    {
        JobKind.Ingest => [new("id", Text), new("outcome", Text), new("content_hash", Text), new("duplicate_of", Text)],
        JobKind.Rank =>
        [
            new("query", Text), new("rank", Integer), new("id", Text), new("rank_itc", Integer),
            new("itc_similarity", Number), new("itm_logit", Number), new("itm_probability", Number), new("text", Text),
        ],
        JobKind.Score =>
        [
            new("id", Text), new("image", Text), new("text", Text),
            new("itm_logit", Number), new("itm_probability", Number), new("itc_similarity", Number),
        ],
        JobKind.Evaluate => [new("direction", Text), new("metric", Text), new("value", Number), new("low", Number), new("high", Number)],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of job."),
    };
}
