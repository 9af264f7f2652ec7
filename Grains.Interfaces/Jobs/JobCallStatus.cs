namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>How a call to a job ended. Only append.</summary>
public enum JobCallStatus
{
    Ok = 0,

    /// <summary>There is no such job.</summary>
    NotFound = 1,

    /// <summary>The job's state does not allow it: one that has ended cannot be paused.</summary>
    Conflict = 2,

    /// <summary>The job's files cannot be read or written.</summary>
    StoreFailed = 3,
}
