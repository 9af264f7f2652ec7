using MplugCluster.Grains.Inference;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>What the parts of one kind of job do.</summary>
interface IJobWork
{
    /// <summary>
    /// Runs one part. The result follows from the plan and from the files of earlier stages alone; an outcome other than Ok is no fault of
    /// the part, which is tried again.
    /// </summary>
    Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation);
}
