namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>Where a job stands. Only append.</summary>
public enum JobStatus
{
    /// <summary>It works, or waits for a device.</summary>
    Running = 0,

    /// <summary>Somebody paused it; what was in flight has ended.</summary>
    Paused = 1,

    /// <summary>All its results are there; items that failed are in its error report.</summary>
    Done = 2,

    /// <summary>It cannot go on; its message says why.</summary>
    Failed = 3,

    /// <summary>Somebody stopped it for good.</summary>
    Cancelled = 4,
}
