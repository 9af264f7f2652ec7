namespace MplugCluster.Gateway.Api;

/// <summary>A job as it is now.</summary>
/// <param name="Id">The job.</param>
/// <param name="Kind"><c>rank</c>, <c>score</c>, <c>evaluate</c> or <c>ingest</c>.</param>
/// <param name="Status"><c>running</c>, <c>paused</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>; as a last event also <c>deleted</c>.</param>
/// <param name="Message">Why it failed, or what it waits for.</param>
/// <param name="Corpus">The corpus it works with.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Items">Queries, pairs or pictures; null until its input has been read.</param>
/// <param name="ItemsFailed">Items in the error report so far.</param>
/// <param name="Blocks">Blocks it has; null until its input has been read.</param>
/// <param name="BlocksReadable">Blocks from the first on whose results can be read.</param>
/// <param name="Fraction">Share of the work that is done, 0 to 1.</param>
/// <param name="ItemsPerSecond">Recent speed; 0 while unknown.</param>
/// <param name="SecondsLeft">Estimate of the time left; null while unknown.</param>
/// <param name="Bottleneck">
/// What holds it up most: <c>download</c>, <c>decode</c>, <c>encode</c>, <c>search</c>, <c>itm</c>, <c>write</c> or <c>queue</c> (the device is busy
/// with other work); null while unknown.
/// </param>
/// <param name="Stages">Parts done of each stage.</param>
/// <param name="TimesMs">Where the time went.</param>
/// <param name="Features">Where image features came from.</param>
public sealed record JobInfo(
    string Id,
    string Kind,
    string Status,
    string? Message,
    string? Corpus,
    DateTimeOffset Submitted,
    DateTimeOffset? Ended,
    long? Items,
    long ItemsFailed,
    int? Blocks,
    int BlocksReadable,
    double Fraction,
    double ItemsPerSecond,
    double? SecondsLeft,
    string? Bottleneck,
    IReadOnlyList<JobStageInfo> Stages,
    JobTimes TimesMs,
    FeatureCounts Features)
{
    /// <summary>Whether it will never change again by itself.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => Status is "done" or "failed" or "cancelled" or "deleted";
}
