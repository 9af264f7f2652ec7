using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Inference;

/// <summary>
/// What a job does at a moment, in the order of how near it is to the end of the work: where several things go on at once, the last one of them
/// is what the others could not make faster.
/// </summary>
public enum WorkActivity
{
    /// <summary>All that is nothing else: reading, merging and writing the job's own files. Counts as <see cref="WorkTimes.Write"/>.</summary>
    Rest,

    /// <summary>It waits for features that somebody else is making. Counts as <see cref="WorkTimes.Queue"/>.</summary>
    Joined,

    /// <summary>Features are written to the store. Counts as <see cref="WorkTimes.Write"/>.</summary>
    Store,

    /// <summary>Pictures are read from their source, or their features from the store.</summary>
    Download,

    /// <summary>Candidates are searched.</summary>
    Search,

    /// <summary>Pictures are decoded, or wait for a decoder.</summary>
    Decode,

    /// <summary>Work waits for the device, which is busy with that of others. Counts as <see cref="WorkTimes.Queue"/>.</summary>
    Queue,

    /// <summary>The device encodes pictures or texts.</summary>
    Encode,

    /// <summary>The device scores pairs.</summary>
    Itm,
}
