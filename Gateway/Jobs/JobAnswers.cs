using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Jobs as answers show them.</summary>
static class JobAnswers
{
    public static JobInfo Info(this JobDescription job) => new(
        job.Id,
        JobMembers.Name(job.Kind),
        StatusName(job.Status),
        job.Message,
        job.Corpus,
        job.Submitted,
        job.Ended,
        job.Items < 0 ? null : job.Items,
        job.ItemsFailed,
        job.Blocks < 0 ? null : job.Blocks,
        job.BlocksReadable,
        job.Fraction,
        job.ItemsPerSecond,
        job.SecondsLeft,
        job.Times.Bottleneck,
        [.. job.Stages.Select(stage => new JobStageInfo(stage.Name, stage.Done, stage.Total))],
        new JobTimes(job.Times.Download, job.Times.Decode, job.Times.Encode, job.Times.Search, job.Times.Itm, job.Times.Write, job.Times.Queue),
        job.Features.Counts());

    static string StatusName(JobStatus status) => status switch
    {
        JobStatus.Running => "running",
        JobStatus.Paused => "paused",
        JobStatus.Done => "done",
        JobStatus.Failed => "failed",
        _ => "cancelled",
    };
}
