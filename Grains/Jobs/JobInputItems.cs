namespace MplugCluster.Grains.Jobs;

/// <summary>An input that is sent along with the job: one of its lists is given, as the job's kind asks.</summary>
public sealed record JobInputItems
{
    /// <summary>Queries of a rank job.</summary>
    public IReadOnlyList<JobQuery>? Queries { get; init; }

    /// <summary>Pairs of a score job.</summary>
    public IReadOnlyList<JobPair>? Pairs { get; init; }

    /// <summary>Pictures and captions of an evaluate job.</summary>
    public IReadOnlyList<AnnotatedPicture>? Annotations { get; init; }
}
