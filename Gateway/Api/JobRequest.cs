using System.Text.Json;

namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/jobs</c> and <c>POST /v1/jobs/plan</c>. A member that does not belong to the kind is an error.</summary>
public sealed record JobRequest
{
    /// <summary><c>rank</c>, <c>score</c>, <c>evaluate</c> or <c>ingest</c>. Default for a plan: <c>rank</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Rank: the corpus to rank. Ingest: the corpus to fill.</summary>
    public string? Corpus { get; init; }

    /// <summary>Rank: the queries, all texts or all pictures. For a plan their number is enough.</summary>
    public JobQueries? Queries { get; init; }

    /// <summary>Rank, score, evaluate: a file to read the queries, pairs or annotations from, instead of sending them along.</summary>
    public JobInputFile? Input { get; init; }

    /// <summary>Rank: results per query, 1 to 1,000. Default: 10.</summary>
    public int? Top { get; init; }

    /// <summary>Rank, evaluate: candidates by ITC similarity that are reranked, 1 to 10,000. Default: the package's (published: 256).</summary>
    public int? Candidates { get; init; }

    /// <summary>Rank: whether candidates are ordered by ITM logit. Default: yes, where queries and items are pictures and texts.</summary>
    public bool? Rerank { get; init; }

    /// <summary>Rank: condition on the items' metadata, as in a search.</summary>
    public JsonElement? Filter { get; init; }

    /// <summary>Rank: <c>picture</c> or <c>text</c>, the items to rank. Default: the other kind than the queries, or what the corpus has.</summary>
    public string? KindOfItems { get; init; }

    /// <summary>Rank with an input file: <c>picture</c> or <c>text</c>, what its queries are. Default: <c>text</c>.</summary>
    public string? KindOfQueries { get; init; }

    /// <summary>Score: the pairs.</summary>
    public IReadOnlyList<JobPairInput>? Pairs { get; init; }

    /// <summary>Score: pairs below this ITM probability are left out of the results, 0 to 1. Default: none is.</summary>
    public double? MinProbability { get; init; }

    /// <summary>Evaluate: the pictures with their captions.</summary>
    public IReadOnlyList<AnnotationInput>? Annotations { get; init; }

    /// <summary>Evaluate: bootstrap resamples for the intervals, 0 to 100,000. Default: 1,000.</summary>
    public int? Resamples { get; init; }

    /// <summary>Ingest: where the pictures are.</summary>
    public IngestSource? Source { get; init; }

    /// <summary>Ingest: whether items that came from this source before and are there no more are removed. Default: no.</summary>
    public bool? DeleteMissing { get; init; }

    /// <summary>Score, evaluate: <c>ms25</c> or <c>am30</c>; default: the package's. Rank, ingest: if given, must be the corpus's own.</summary>
    public string? Convention { get; init; }

    /// <summary>Longest time that the job may be estimated to take, in hours. Default: 24.</summary>
    public double MaxHours { get; init; } = 24;

    /// <summary>Whether the job starts also when it is estimated to take longer. Default: no.</summary>
    public bool Confirm { get; init; }

    /// <summary>Days that the job is kept after its end, 1 to 3,650. Default: 30.</summary>
    public int RetentionDays { get; init; } = 30;
}
