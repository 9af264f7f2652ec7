using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs;

/// <summary>
/// What a job was submitted to do, pinned for good: results follow from it and the pinned files alone, whatever the cluster looks like while
/// it runs.
/// </summary>
public sealed record JobPlan
{
    /// <summary>The job.</summary>
    public required string Id { get; init; }

    /// <summary>What it does.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset Submitted { get; init; }

    /// <summary>Package that its numbers come from.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>How its pictures and texts are prepared: <c>ms25</c>, <c>am30</c>.</summary>
    public required string Convention { get; init; }

    /// <summary>The corpus it reads or fills.</summary>
    public string? Corpus { get; init; }

    /// <summary>Identity of that corpus.</summary>
    public Guid CorpusId { get; init; }

    /// <summary>Shards of the pinned version.</summary>
    public int Shards { get; init; }

    /// <summary>Version of the corpus when the job was submitted.</summary>
    public long CorpusVersion { get; init; }

    /// <summary>Where the input comes from; null: it was sent along and stands in the job's folder.</summary>
    public JobInput? Input { get; init; }

    /// <summary>SHA-256 of an input that was sent along.</summary>
    public string? InputHash { get; init; }

    /// <summary>SHA-256 of the request, as far as it says what to do: by it a repeated submission is known from another one with the same key.</summary>
    public string? RequestHash { get; init; }

    /// <summary>Hash of the idempotency key that made it.</summary>
    public string? KeyHash { get; init; }

    /// <summary>Items of one block: queries, pairs, or objects of the source.</summary>
    public required int ItemsPerBlock { get; init; }

    /// <summary>Pairs of one part, at most.</summary>
    public required int PairsPerPart { get; init; }

    /// <summary>Pictures of one part, at most.</summary>
    public required int PicturesPerPart { get; init; }

    /// <summary>Days that the job's files are kept after its end.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>A rank job's wishes.</summary>
    public RankPlan? Rank { get; init; }

    /// <summary>A score job's wishes.</summary>
    public ScorePlan? Score { get; init; }

    /// <summary>An evaluate job's wishes.</summary>
    public EvaluatePlan? Evaluate { get; init; }

    /// <summary>An ingest job's wishes.</summary>
    public IngestPlan? Ingest { get; init; }
}
