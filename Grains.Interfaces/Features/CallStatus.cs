namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>How a call to a device ended. Only append: the numbers are on the wire.</summary>
public enum CallStatus
{
    /// <summary>Done; items may carry their own errors.</summary>
    Ok = 0,

    /// <summary>The device's queue cannot finish this in time; try again after the given delay.</summary>
    Overloaded = 1,

    /// <summary>The device has no working model session.</summary>
    ModelUnavailable = 2,

    /// <summary>The deadline passed before the work was done.</summary>
    TimedOut = 3,

    /// <summary>The caller's package is another one than this silo's (fingerprints differ).</summary>
    WrongModel = 4,
}
