using Microsoft.Extensions.Time.Testing;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Jobs.Running;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Cluster.Tests.Jobs;

public sealed class DeviceChoiceTests
{
    static readonly RingDevice A = new("host", "a", "cpu"), B = new("host", "b", "cpu");

    readonly FakeTimeProvider clock = new();
    readonly DeviceRing ring = new([A, B]);
    readonly DeviceChoice choice;

    public DeviceChoiceTests() => choice = new DeviceChoice(clock);

    [Fact]
    public void Choose_ManyParts_TwoOfItsOwnToEachDeviceInOrder()
    {
        var chosen = Choose(Parts(40));

        Assert.Equal(4, chosen.Count);
        foreach (var device in new[] { A, B })
            Assert.Equal(Parts(40).Where(key => Owner(key) == device).Take(2), chosen.Where(sent => sent.Device == device).Select(sent => sent.Key));
    }

    [Fact]
    public void Choose_DevicesWithPartsInFlight_OnlyWhatIsMissing()
    {
        var chosen = Choose(Parts(40), busy: [A.Key, A.Key, B.Key]);

        Assert.Equal([B], chosen.Select(sent => sent.Device));
    }

    [Fact]
    public void Choose_AllPartsAreOfOneDevice_TheOtherTakesSomeOfThem()
    {
        var chosen = Choose(OfA(10));

        Assert.Equal(2, chosen.Count(sent => sent.Device == A));
        Assert.Equal(2, chosen.Count(sent => sent.Device == B));
        Assert.Equal(OfA(10)[..4], chosen.Select(sent => sent.Key).Order(Comparer<PartKey>.Create((x, y) => x.Part.CompareTo(y.Part))));
    }

    [Fact]
    public void Choose_TheLastParts_OneToEachDevice()
    {
        var chosen = Choose(OfA(2));

        Assert.Equal([A, B], chosen.Select(sent => sent.Device).OrderBy(device => device.Key));
        Assert.Empty(Choose(OfA(1), busy: [A.Key, B.Key]));
    }

    [Fact]
    public void Choose_DeviceFailed_RestsTwiceAsLongEachTimeUpToHalfAMinute()
    {
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            choice.Rest(A, TimeSpan.Zero);
            Assert.DoesNotContain(Choose(OfA(10)), sent => sent.Device == A);
            clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.DoesNotContain(Choose(OfA(10)), sent => sent.Device == A);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Contains(Choose(OfA(10)), sent => sent.Device == A);
        }
    }

    [Fact]
    public void Choose_DeviceIsWellAgain_NextRestIsShort()
    {
        choice.Rest(A, TimeSpan.Zero);
        choice.Rest(A, TimeSpan.Zero);
        choice.Clear(A);
        Assert.Contains(Choose(OfA(10)), sent => sent.Device == A);

        choice.Rest(A, TimeSpan.Zero);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains(Choose(OfA(10)), sent => sent.Device == A);
    }

    [Fact]
    public void Choose_DeviceSaysWhenToComeBack_RestsAtLeastSoLong()
    {
        choice.Rest(A, TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.DoesNotContain(Choose(OfA(10)), sent => sent.Device == A);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(Choose(OfA(10)), sent => sent.Device == A);
    }

    [Fact]
    public void Choose_AllDevicesRest_Nothing()
    {
        choice.Rest(A, TimeSpan.Zero);
        choice.Rest(B, TimeSpan.Zero);

        Assert.Empty(Choose(Parts(10)));
        Assert.Empty(Choose(Parts(10), suspect: Parts(1)[0]));
    }

    [Fact]
    public void Choose_Suspect_AloneAndOnADeviceThatDoesNotRest()
    {
        var suspect = OfA(1)[0];

        Assert.Equal([(suspect, A)], Choose(Parts(10), suspect: suspect));
        Assert.Empty(Choose(Parts(10), busy: [B.Key], suspect: suspect));
        choice.Rest(A, TimeSpan.Zero);
        Assert.Equal([(suspect, B)], Choose(Parts(10), suspect: suspect));
    }

    [Fact]
    public void Choose_NoDevices_Nothing() => Assert.Empty(choice.Choose(new DeviceRing([]), [], Parts(3), null, key => $"{key}"));

    List<(PartKey Key, RingDevice Device)> Choose(PartKey[] ready, string[]? busy = null, PartKey? suspect = null) =>
        choice.Choose(ring, busy ?? [], ready, suspect, key => $"{key}");

    RingDevice Owner(PartKey key) => ring.Choose($"{key}")!;

    static PartKey[] Parts(int count) => [.. Enumerable.Range(0, count).Select(part => new PartKey(0, 1, part))];

    PartKey[] OfA(int count) => [.. Parts(1000).Where(key => Owner(key) == A).Take(count)];
}
