using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Cluster.Tests.Placement;

public sealed class DeviceRingTests
{
    static readonly string[] Contents = [.. Enumerable.Range(0, 3000).Select(i => $"content {i}")];

    [Fact]
    public void Choose_EqualDevices_EqualShares()
    {
        var shares = Contents.CountBy(content => Ring(4).Choose(content)!.Key).Select(share => share.Value).ToArray();

        Assert.Equal(4, shares.Length);
        Assert.All(shares, share => Assert.InRange(share, 650, 850));
    }

    [Fact]
    public void Choose_DeviceJoins_OnlyItsShareMoves()
    {
        var (before, after) = (Ring(3), Ring(4));

        var moved = Contents.Where(content => before.Choose(content) != after.Choose(content)).ToArray();

        Assert.InRange(moved.Length, 650, 850);
        Assert.All(moved, content => Assert.Equal("host/silo3/cpu", after.Choose(content)!.Key));
    }

    [Fact]
    public void Choose_DeviceLeaves_OnlyItsShareMoves()
    {
        var before = Ring(4);
        var after = before.Without(new HashSet<string> { "host/silo2/cpu" });

        Assert.All(Contents, content => Assert.True(
            before.Choose(content) == after.Choose(content) || before.Choose(content)!.Key == "host/silo2/cpu"));
    }

    [Fact]
    public void Choose_AnyOrderOfMembers_SameDevice()
    {
        var devices = Ring(4).Devices;

        var turned = new DeviceRing(devices.Reverse());

        Assert.All(Contents, content => Assert.Equal(Ring(4).Choose(content), turned.Choose(content)));
    }

    [Fact]
    public void Choose_PrimaryBusyByLessThanAMiss_StillPrimary()
    {
        var ring = Ring(2);
        var primary = ring.Choose("x")!;
        ring.Note(primary, 300);

        Assert.Equal(primary, ring.Choose("x"));
    }

    [Fact]
    public void Choose_PrimaryBusyByMoreThanAMiss_SecondUntilTheWordIsOld()
    {
        var time = new FakeTimeProvider();
        var ring = new DeviceRing(Ring(2).Devices, time);
        var primary = ring.Choose("x")!;
        ring.Note(primary, 5000);

        Assert.NotEqual(primary, ring.Choose("x"));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(primary, ring.Choose("x"));
    }

    [Fact]
    public void LongestQueue_BusyThenEmpty_RememberedForAWhile()
    {
        var time = new FakeTimeProvider();
        var ring = new DeviceRing(Ring(2).Devices, time);
        Assert.Equal(0, ring.LongestQueueMs);
        ring.Note(ring.Devices[0], 500);
        ring.Note(ring.Devices[0], 0);

        Assert.Equal(500, ring.LongestQueueMs);
        Assert.Equal(0, ring.Without(new HashSet<string> { ring.Devices[0].Key }).LongestQueueMs);
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, ring.LongestQueueMs);
    }

    [Fact]
    public void Choose_NoDevices_Null() => Assert.Null(new DeviceRing([]).Choose("x"));

    [Fact]
    public void FeatureGrainKey_AnyContent_NamesTheDevice()
    {
        var device = Ring(1).Devices[0];

        Assert.All(Contents, content => Assert.Equal(device, RingDevice.Parse(DeviceRing.FeatureGrainKey(device, content))));
        Assert.Throws<FormatException>(() => RingDevice.Parse("host/silo"));
    }

    static DeviceRing Ring(int devices) => new(Enumerable.Range(0, devices).Select(i => new RingDevice("host", $"silo{i}", "cpu")));
}
