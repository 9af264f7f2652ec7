using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>
/// What a job must remember besides its files: what somebody asked of it, and which parts were on which device, in case that device does not
/// survive them. Which parts are done is not here: their files say it.
/// </summary>
sealed record JobState
{
    public JobStatus Status { get; set; } = JobStatus.Running;

    public string? Message { get; set; }

    public DateTimeOffset? Ended { get; set; }

    /// <summary>Silo of the last activation.</summary>
    public string Home { get; set; } = "";

    /// <summary>Address of that silo, which no other process ever has.</summary>
    public string HomeAddress { get; set; } = "";

    /// <summary>Items in the error report, once the job has ended.</summary>
    public long Failed { get; set; }

    /// <summary>Parts that have been sent, before they were sent, with their devices.</summary>
    public Dictionary<string, string> InFlight { get; set; } = [];

    /// <summary>Devices lost with a part in flight, for each part that has seen it.</summary>
    public Dictionary<string, int> Losses { get; set; } = [];

    /// <summary>Parts that have lost too many, and how far the search in them has come.</summary>
    public Dictionary<string, Suspicion> Suspicions { get; set; } = [];
}
