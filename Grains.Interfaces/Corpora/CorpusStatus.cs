namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>How a call to a corpus ended. Only append.</summary>
public enum CorpusStatus
{
    Ok = 0,
    NotFound = 1,
    AlreadyExists = 2,

    /// <summary>The corpus was made with another package or convention than the caller's.</summary>
    Mismatch = 3,

    /// <summary>No device could do the work in time.</summary>
    Unavailable = 4,

    /// <summary>All devices are full; try again later.</summary>
    Overloaded = 5,

    /// <summary>The corpus's files cannot be read or written.</summary>
    StoreFailed = 6,

    /// <summary>The deadline passed before the work was done.</summary>
    TimedOut = 7,
}
