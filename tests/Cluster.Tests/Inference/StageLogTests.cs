using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class StageLogTests
{
    readonly FakeTimeProvider time = new();
    readonly StageLog log;

    public StageLogTests() => log = new StageLog(time);

    [Fact]
    public void Spans_WorkSideBySide_TheFurthestStageCountsAndNoMomentTwice()
    {
        time.Advance(TimeSpan.FromMilliseconds(20));
        log.Take([new(WorkStage.Queue, 0, 10)], 0);
        log.Take([new(WorkStage.Preprocess, 2, 6), new(WorkStage.Inference, 9, 12)], 2);
        log.Take([new(WorkStage.Store, 7, 9)], 0);

        Assert.Equal(
            [
                new(WorkStage.Queue, 0, 4), new(WorkStage.Preprocess, 4, 8), new(WorkStage.Store, 8, 9), new(WorkStage.Queue, 9, 10),
                new(WorkStage.Inference, 11, 14),
            ],
            log.Spans());
        Assert.Equal([5, 1, 4, 3], Enum.GetValues<WorkStage>().Select(stage => log.Sums()[stage]));
    }

    [Fact]
    public void Spans_SameStageWithoutAPause_One()
    {
        log.Add(WorkStage.Inference, Later(2));
        var second = log.NowMs;
        time.Advance(TimeSpan.FromMilliseconds(3));
        log.Add(WorkStage.Inference, second);

        Assert.Equal([new(WorkStage.Inference, 0, 5)], log.Spans());
        Assert.False(log.Answered);
    }

    [Fact]
    public void Take_SpansOfAFastClockOrALaterVersion_NeverBeyondNow()
    {
        time.Advance(TimeSpan.FromMilliseconds(5));
        log.Take([new(WorkStage.Inference, 1, 100), new((WorkStage)9, 0, 1)], 0);
        log.Take(null, 0);

        Assert.Equal([new(WorkStage.Inference, 1, 5)], log.Spans());
        Assert.True(log.Answered);
    }

    /// <summary>Lets time pass; says when it began to.</summary>
    double Later(int ms)
    {
        var before = log.NowMs;
        time.Advance(TimeSpan.FromMilliseconds(ms));
        return before;
    }
}
