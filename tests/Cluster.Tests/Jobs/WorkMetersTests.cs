using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Cluster.Tests.Jobs;

public sealed class WorkMetersTests
{
    readonly WorkMeters meters = new();

    [Fact]
    public void Enter_PartsOfOneJobOnOneDevice_ShareAMeter()
    {
        var first = meters.Enter("j", "a");

        Assert.Same(first, meters.Enter("j", "a"));
        Assert.NotSame(first, meters.Enter("j", "b"));
        Assert.NotSame(first, meters.Enter("k", "a"));
    }

    [Fact]
    public void Leave_LastPart_TakesTheMeterAlong()
    {
        var first = meters.Enter("j", "a");
        meters.Enter("j", "a");
        meters.Leave("j", "a");
        Assert.Same(first, meters.Enter("j", "a"));

        meters.Leave("j", "a");
        meters.Leave("j", "a");
        Assert.NotSame(first, meters.Enter("j", "a"));
    }
}
