using MplugCluster.Model.Evaluation;

namespace MplugCluster.Model.Tests.Evaluation;

public sealed class RankingMetricsTests
{
    [Fact]
    public void Of_NoResamples_IntervalsAreTheValues()
    {
        var metrics = RankingMetrics.Of([[0], [3], [20]], resamples: 0);

        Assert.Equal(["r1", "r5", "r10", "r_mean", "mrr", "ndcg10"], metrics.Select(metric => metric.Name));
        Assert.All(metrics, metric => Assert.Equal((metric.Value, metric.Value), (metric.Low, metric.High)));
        Assert.Equal(100 / 3.0, metrics[0].Value, 1e-12);
    }

    [Fact]
    public void Of_PictureWithoutCaptions_FindsNothingAndCountsAsAQuery()
    {
        var metrics = RankingMetrics.Of([[0, 1], []], resamples: 20);

        Assert.Equal([50, 50, 50, 50, 0.5, 0.5], metrics.Select(metric => metric.Value));
        Assert.All(metrics, metric => Assert.True(metric.Low <= metric.Value && metric.Value <= metric.High));
    }

    [Fact]
    public void Of_NoQueries_Zeros() =>
        Assert.All(RankingMetrics.Of([], resamples: 5), metric => Assert.Equal((0.0, 0.0, 0.0), (metric.Value, metric.Low, metric.High)));
}
