namespace MplugCluster.Grains.Interfaces.Jobs;

/// <summary>Runs parts of jobs on one device, where it is. Key: <c>device/jobs</c>. The part's file is the result; only counts travel.</summary>
[Alias("mplug.IJobPartGrain")]
public interface IJobPartGrain : IGrainWithStringKey
{
    /// <summary>Runs one part, or finds that its file is there.</summary>
    [Alias("Run"), ResponseTimeout("06:00:00")]
    Task<PartReply> Run(PartRequest request, CancellationToken cancellation = default);
}
