using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Planning;

namespace MplugCluster.Gateway.Jobs;

/// <summary>A job whose request has been found valid, before it is cut and gets its id.</summary>
sealed record JobDraft
{
    public required JobKind Kind { get; init; }

    public required string Convention { get; init; }

    public string? Corpus { get; init; }

    /// <summary>Its identity: a job must not fill another corpus that got the name meanwhile.</summary>
    public Guid CorpusId { get; init; }

    public JobInput? Input { get; init; }

    public JobInputItems? Items { get; init; }

    public RankPlan? Rank { get; init; }

    public ScorePlan? Score { get; init; }

    public EvaluatePlan? Evaluate { get; init; }

    public IngestPlan? Ingest { get; init; }

    /// <summary>What there is to do; of an input that is read later just its nature, in some usual size.</summary>
    public required JobLoad Load { get; init; }

    /// <summary>Sources that the job reads.</summary>
    public IEnumerable<string> Sources =>
        new[] { Input?.Source, Input?.Pictures, Ingest?.Source.Address, Ingest?.Source.Base }.OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Whether the load is the job's own size.</summary>
    public bool IsMeasured => Input is null && Ingest is null;

    /// <summary>The plan.</summary>
    public JobPlan Plan(string id, DateTimeOffset now, string fingerprint, PartSizes sizes, string requestHash, int retentionDays) => new()
    {
        Id = id,
        Kind = Kind,
        Submitted = now,
        Fingerprint = fingerprint,
        Convention = Convention,
        Corpus = Corpus,
        CorpusId = CorpusId,
        Input = Input,
        RequestHash = requestHash,
        ItemsPerBlock = sizes.ItemsPerBlock,
        PairsPerPart = sizes.PairsPerPart,
        PicturesPerPart = sizes.PicturesPerPart,
        RetentionDays = retentionDays,
        Rank = Rank,
        Score = Score,
        Evaluate = Evaluate,
        Ingest = Ingest,
    };
}
