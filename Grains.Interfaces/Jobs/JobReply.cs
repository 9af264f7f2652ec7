namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>Answer to every call of a job.</summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Job">The job as it is now; null if there is none.</param>
/// <param name="Message">For people, when the call did not end well.</param>
[GenerateSerializer, Immutable, Alias("mplug.JobReply")]
public sealed record JobReply(
    [property: Id(0)] JobCallStatus Status,
    [property: Id(1)] JobDescription? Job,
    [property: Id(2)] string? Message = null);
