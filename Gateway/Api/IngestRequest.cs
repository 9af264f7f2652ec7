namespace MplugCluster.Gateway.Api;

/// <summary><c>POST /v1/corpora/{name}/ingest</c>: an ingest job; a corpus that is not there is made.</summary>
/// <param name="Source">Where the pictures are.</param>
public sealed record IngestRequest(IngestSource Source)
{
    /// <summary>Whether items that came from this source before and are there no more are removed. Default: no.</summary>
    public bool DeleteMissing { get; init; }

    /// <summary>Whether the source is only listed: nothing is made, read or encoded. Default: no.</summary>
    public bool DryRun { get; init; }

    /// <summary>Convention of a corpus that is made. Default: the package's. One that is there must have it.</summary>
    public string? Convention { get; init; }

    /// <summary>Days that the job is kept after its end. Default: 30.</summary>
    public int RetentionDays { get; init; } = 30;
}
