using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class WorkMeterTests
{
    readonly FakeTimeProvider time = new();

    [Fact]
    public void Take_ManyDownloadsBesideADeviceThatIsNeverIdle_TheDeviceIsTheBottleneck()
    {
        var meter = new WorkMeter(time);
        var downloads = Enumerable.Range(0, 16).Select(_ => meter.Begin(WorkActivity.Download)).ToArray();
        for (var i = 0; i < 10; i++)
        {
            using (meter.Begin(WorkActivity.Itm))
                Pass(10);
        }

        foreach (var download in downloads)
            download.Dispose();

        // Added up, the downloads would be 1600 ms.
        var times = meter.Take();
        Assert.Equal((new WorkTimes(Itm: 100), "itm"), (times, times.Bottleneck));
    }

    [Fact]
    public void Take_ManyDownloadsBeforeADeviceThatWaits_CountAsOneAndAreTheBottleneck()
    {
        var meter = new WorkMeter(time);
        using (meter.Begin(WorkActivity.Rest))
        {
            var downloads = Enumerable.Range(0, 4).Select(_ => meter.Begin(WorkActivity.Download)).ToArray();
            Pass(50);
            foreach (var download in downloads)
                download.Dispose();
            using (meter.Begin(WorkActivity.Decode))
                Pass(20);
            using (meter.Begin(WorkActivity.Encode))
                Pass(30);
            Pass(1);
        }

        Pass(1000);
        var times = meter.Take();
        Assert.Equal((new WorkTimes(Download: 50, Decode: 20, Encode: 30, Write: 1), "download"), (times, times.Bottleneck));
    }

    [Fact]
    public void Take_TwoPartsInTurn_TheTimeOfTheClockAndNotTwiceOfIt()
    {
        // One part reads while the other one is on the device: a faster source would change nothing.
        var meter = new WorkMeter(time);
        for (var i = 0; i < 4; i++)
        {
            using var reads = meter.Begin(WorkActivity.Download);
            using var works = meter.Begin(WorkActivity.Encode);
            Pass(10);
        }

        Assert.Equal(new WorkTimes(Encode: 40), meter.Take());
    }

    [Fact]
    public void Take_WhileSomethingGoesOn_NothingIsLostAndNothingCountsTwice()
    {
        var meter = new WorkMeter(time);
        var search = meter.Begin(WorkActivity.Search);
        Pass(5);
        var first = meter.Take();
        Pass(7);
        search.Dispose();
        search.Dispose();
        Pass(9);

        Assert.Equal((new WorkTimes(Search: 5), new WorkTimes(Search: 7), new WorkTimes()), (first, meter.Take(), meter.Take()));
    }

    [Theory]
    [InlineData(WorkActivity.Rest, "write")]
    [InlineData(WorkActivity.Joined, "queue")]
    [InlineData(WorkActivity.Store, "write")]
    [InlineData(WorkActivity.Download, "download")]
    [InlineData(WorkActivity.Search, "search")]
    [InlineData(WorkActivity.Decode, "decode")]
    [InlineData(WorkActivity.Queue, "queue")]
    [InlineData(WorkActivity.Encode, "encode")]
    [InlineData(WorkActivity.Itm, "itm")]
    public void Take_Activity_HasItsName(WorkActivity activity, string name)
    {
        var meter = new WorkMeter(time);
        using (meter.Begin(activity))
            Pass(1);

        Assert.Equal(name, meter.Take().Bottleneck);
    }

    void Pass(int ms) => time.Advance(TimeSpan.FromMilliseconds(ms));
}
