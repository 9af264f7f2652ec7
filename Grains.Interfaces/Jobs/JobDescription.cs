namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>A job as it is now.</summary>
/// <param name="Id">The job.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Message">Why it failed, or what it waits for.</param>
/// <param name="Corpus">The corpus it works with.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Blocks">Blocks it has; -1 until its input has been read.</param>
/// <param name="BlocksReadable">Blocks from the first on whose results can be read.</param>
/// <param name="Items">Queries, pairs, pictures it was given; -1 until its input has been read.</param>
/// <param name="ItemsFailed">Items in the error report so far.</param>
/// <param name="Fraction">Share of the work that is done, 0 to 1.</param>
/// <param name="ItemsPerSecond">Recent speed; 0 while unknown.</param>
/// <param name="SecondsLeft">Estimate of the time left; null while unknown.</param>
/// <param name="Stages">Parts done of each stage.</param>
/// <param name="Times">Where the time went since the job's grain came up.</param>
/// <param name="Features">Where image features came from since then.</param>
[GenerateSerializer, Immutable, Alias("mplug.JobDescription")]
public sealed record JobDescription(
    [property: Id(0)] string Id,
    [property: Id(1)] JobKind Kind,
    [property: Id(2)] JobStatus Status,
    [property: Id(3)] string? Message,
    [property: Id(4)] string? Corpus,
    [property: Id(5)] DateTimeOffset Submitted,
    [property: Id(6)] DateTimeOffset? Ended,
    [property: Id(7)] int Blocks,
    [property: Id(8)] int BlocksReadable,
    [property: Id(9)] long Items,
    [property: Id(10)] long ItemsFailed,
    [property: Id(11)] double Fraction,
    [property: Id(12)] double ItemsPerSecond,
    [property: Id(13)] double? SecondsLeft,
    [property: Id(14)] StageProgress[] Stages,
    [property: Id(15)] WorkTimes Times,
    [property: Id(16)] Features.TierCounts Features);
