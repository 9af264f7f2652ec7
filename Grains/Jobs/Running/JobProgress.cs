using MplugCluster.Grains.Features;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>How far a job has come, and what it spends its time on.</summary>
sealed class JobProgress(JobPlan plan, TimeProvider time)
{
    readonly JobSpeed speed = new(time);
    WorkTimes times = new();
    TierCounts tiers = ImageLookup.FromNowhere;

    /// <summary>Items of the job; -1 until its input has been read.</summary>
    public long Items { get; set; } = -1;

    /// <summary>Items in the error report.</summary>
    public long Failed { get; set; }

    /// <summary>Takes what a part reports.</summary>
    public void Note(PartReply reply)
    {
        times += reply.Times;
        tiers += reply.Tiers;
    }

    /// <summary>Notes how far the job is now.</summary>
    public void NoteFraction(JobShape shape, IReadOnlyCollection<int> finished, IEnumerable<OpenBlock> open) =>
        speed.Note(FractionOf(shape, finished, open));

    /// <summary>The job as it is now.</summary>
    public JobDescription Describe(JobState state, JobShape? shape, IReadOnlyCollection<int> finished, IReadOnlyCollection<OpenBlock> open)
    {
        var fraction = shape is null ? 0 : FractionOf(shape, finished, open);
        var running = state.Status == JobStatus.Running && speed.PerSecond > 0;
        return new JobDescription(
            plan.Id,
            plan.Kind,
            state.Status,
            state.Message,
            plan.Corpus,
            plan.Submitted,
            state.Ended,
            shape?.Blocks ?? -1,
            Readable(finished),
            Items,
            Failed,
            fraction,
            running ? Items * speed.PerSecond : 0,
            running ? (1 - fraction) / speed.PerSecond : null,
            shape is null ? [] : Stages(shape, open),
            times,
            tiers);
    }

    static double FractionOf(JobShape shape, IReadOnlyCollection<int> finished, IEnumerable<OpenBlock> open) =>
        shape.Blocks == 0 ? 1 : (finished.Count + open.Sum(block => block.Fraction)) / shape.Blocks;

    /// <summary>Blocks from the first on that are finished without a gap.</summary>
    static int Readable(IReadOnlyCollection<int> finished)
    {
        var readable = 0;
        foreach (var block in finished)
        {
            if (block != readable)
                break;
            readable++;
        }

        return readable;
    }

    static StageProgress[] Stages(JobShape shape, IReadOnlyCollection<OpenBlock> open) =>
    [
        .. shape.Stages.Select((stage, number) => new StageProgress(
            stage.Name, open.Sum(block => (long)block.DoneOf(number)), open.Sum(block => (long)block.PartsOf(number)))),
    ];
}
