using System.Collections.Concurrent;
using System.Reflection;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Jobs.Http;

/// <summary>Jobs that do nothing: they answer every call with what a test has set.</summary>
sealed class FakeJobs
{
    public FakeJobs()
    {
        Factory = DispatchProxy.Create<IGrainFactory, GrainProxy>();
        ((GrainProxy)(object)Factory).Jobs = this;
    }

    /// <summary>A factory that knows jobs alone.</summary>
    public IGrainFactory Factory { get; }

    /// <summary>Answers by job and name of the call; a job without any is running.</summary>
    public ConcurrentDictionary<(string Job, string Call), JobReply> Replies { get; } = new();

    /// <summary>Calls in order: <c>job.Call</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public static JobDescription Job(string id, JobKind kind = JobKind.Rank, JobStatus status = JobStatus.Running) => new(
        id, kind, status, null, "c", DateTimeOffset.UnixEpoch, null, -1, 0, -1, 0, 0.25, 0, null,
        [new StageProgress("pairs", 1, 4)], new WorkTimes(Encode: 3, Itm: 2), new TierCounts(1, 2, 3));
}
