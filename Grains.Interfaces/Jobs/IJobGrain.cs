namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>
/// One job, on any silo. Its plan stands in the store before the grain is first called, and everything it does can be found there again: a
/// grain that comes up elsewhere goes on. Key: the job's id.
/// </summary>
[Alias("mplug.IJobGrain")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>The job as it is now; a job that has not ended goes on. Also the doorbell of the periodic scan.</summary>
    [Alias("Describe"), ResponseTimeout("00:00:30")]
    Task<JobReply> Describe(CancellationToken cancellation = default);

    /// <summary>Lets what is in flight end, and begins nothing new.</summary>
    [Alias("Pause"), ResponseTimeout("00:00:30")]
    Task<JobReply> Pause(CancellationToken cancellation = default);

    /// <summary>Goes on after a pause.</summary>
    [Alias("Resume"), ResponseTimeout("00:00:30")]
    Task<JobReply> Resume(CancellationToken cancellation = default);

    /// <summary>Ends the job for good; the results so far stay.</summary>
    [Alias("Cancel"), ResponseTimeout("00:00:30")]
    Task<JobReply> Cancel(CancellationToken cancellation = default);

    /// <summary>Cancels the job if need be, and deletes all its files.</summary>
    [Alias("Delete"), ResponseTimeout("00:02:00")]
    Task<JobReply> Delete(CancellationToken cancellation = default);
}
