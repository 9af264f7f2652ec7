namespace MplugCluster.Silo.Options;

/// <summary>Jobs: section <c>Mplug:Jobs</c>.</summary>
public sealed record JobOptions
{
    /// <summary>Seconds between two looks for jobs that should be running and are not. Default: 10.</summary>
    public int ScanSeconds { get; init; } = 10;
}
