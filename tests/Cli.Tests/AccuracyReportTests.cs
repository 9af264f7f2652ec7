using MplugCluster.Cli.Verify;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Verification;

namespace MplugCluster.Cli.Tests;

/// <summary>The exit code of <c>mplug verify --against</c>.</summary>
public sealed class AccuracyReportTests
{
    static readonly RecallMetrics None = new()
    {
        TextRecall1 = 0,
        TextRecall5 = 0,
        TextRecall10 = 0,
        ImageRecall1 = 0,
        ImageRecall5 = 0,
        ImageRecall10 = 0,
    };

    [Theory]
    [InlineData(0.99, 0.99, 0.5, 10, 0)]
    [InlineData(0.1, 0.1, 50, 10, 0)]
    [InlineData(0.99, 0.99, double.NaN, 0, 0)]
    [InlineData(double.NaN, 0.99, 0.5, 10, 1)]
    [InlineData(0.99, double.NaN, 0.5, 10, 1)]
    [InlineData(0.99, 0.99, double.NaN, 10, 1)]
    public void CodeOf_WhatWasMeasured_FailedOnlyWhereItIsNoNumber(double image, double text, double logit, int pairs, int code)
    {
        var accuracy = new PackageAccuracy
        {
            ImageCosine = (image, image),
            TextCosine = (text, text),
            Pairs = pairs,
            LogitRankCorrelation = 1,
            LogitDifference = (logit, logit),
            Recall = None,
            OtherRecall = None,
        };

        Assert.Equal(code, AccuracyReport.CodeOf(accuracy));
    }
}
