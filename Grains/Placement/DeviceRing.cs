using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;

namespace MplugCluster.Grains.Placement;

/// <summary>
/// Which device a picture or text belongs to. Rendezvous hashing: every device scores every content hash and the highest score wins, so that
/// a device that joins takes its share at once and one that dies gives up only its own, without any table.
/// </summary>
/// <remarks>Source: Thaler and Ravishankar 1998, "Using name-based mappings to increase hit rates".</remarks>
public sealed class DeviceRing
{
    /// <summary>Feature grains per device: enough that one busy grain does not hold up the others' messages.</summary>
    const int Shards = 16;

    /// <summary>What a cache miss costs, in milliseconds: below this difference in queues the primary is better.</summary>
    const int MissCostMs = 400;

    /// <summary>How long a reply's word on its queue is believed.</summary>
    static readonly TimeSpan HintAge = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, (int QueueMs, long At)> queues;

    /// <summary>The last queue of each device that was not empty.</summary>
    readonly ConcurrentDictionary<string, (int QueueMs, long At)> busy;

    /// <summary>How much work is with each device, and how much ever was.</summary>
    readonly ConcurrentDictionary<string, (int Now, int Ever)> works;
    readonly TimeProvider time;

    /// <summary>Makes a ring.</summary>
    public DeviceRing(IEnumerable<RingDevice> devices, TimeProvider? time = null)
    {
        (Devices, this.time) = (InOrder(devices), time ?? TimeProvider.System);
        (queues, busy, works) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal));
    }

    DeviceRing(IEnumerable<RingDevice> devices, DeviceRing seen) =>
        (Devices, time, queues, busy, works) = (InOrder(devices), seen.time, seen.queues, seen.busy, seen.works);

    /// <summary>All devices, by key.</summary>
    public IReadOnlyList<RingDevice> Devices { get; }

    /// <summary>The same queues seen by a ring of other devices.</summary>
    public DeviceRing With(IEnumerable<RingDevice> devices) => new(devices, this);

    /// <summary>The same ring without some devices.</summary>
    public DeviceRing Without(IReadOnlySet<string> keys) => new(Devices.Where(device => !keys.Contains(device.Key)), this);

    /// <summary>The device that a content belongs to, or the next one if its queue is longer by more than a cache miss costs; null on an empty ring.</summary>
    public RingDevice? Choose(string contentHash)
    {
        RingDevice? first = null, second = null;
        ulong best = 0, next = 0;
        foreach (var device in Devices)
        {
            var score = Score(device, contentHash);
            if (first is null || score > best)
                (second, next, first, best) = (first, best, device, score);
            else if (second is null || score > next)
                (second, next) = (device, score);
        }

        return first is not null && second is not null && QueueMs(first) - QueueMs(second) > MissCostMs ? second : first;
    }

    /// <summary>Keeps what a reply said of its device's queue.</summary>
    public void Note(RingDevice device, int queueMs)
    {
        queues[device.Key] = (queueMs, time.GetTimestamp());
        if (queueMs > 0)
            busy[device.Key] = (queueMs, time.GetTimestamp());
    }

    /// <summary>Whether work of this ring is with a device.</summary>
    public bool IsWorking => Devices.Any(device => works.TryGetValue(device.Key, out var work) && work.Now > 0);

    /// <summary>A piece of work goes to a device.</summary>
    /// <returns>What <see cref="Leave"/> wants to know.</returns>
    public int Enter(RingDevice device)
    {
        var (now, ever) = works.AddOrUpdate(device.Key, (1, 1), static (_, work) => (work.Now + 1, work.Ever + 1));
        return ever - now;
    }

    /// <summary>It has been answered, or been given up.</summary>
    /// <param name="device">The device.</param>
    /// <param name="entered">What <see cref="Enter"/> returned.</param>
    /// <returns>How much other work of this ring was with the device meanwhile.</returns>
    public int Leave(RingDevice device, int entered) =>
        works.AddOrUpdate(device.Key, default((int, int)), static (_, work) => (work.Now - 1, work.Ever)).Ever - entered - 1;

    /// <summary>
    /// The longest of the devices' queues that replies told of lately, in milliseconds, also if another reply has found it empty since; 0 where
    /// there was none. Whose time ran out meanwhile was kept waiting by others.
    /// </summary>
    public int LongestQueueMs => Devices.Count == 0 ? 0 : Devices.Max(device => HintOf(busy, device));

    /// <summary>Key of the feature grain that holds a content on a device.</summary>
    public static string FeatureGrainKey(RingDevice device, string contentHash) =>
        $"{device.Key}/{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(contentHash)) % Shards}";

    int QueueMs(RingDevice device) => HintOf(queues, device);

    int HintOf(ConcurrentDictionary<string, (int QueueMs, long At)> hints, RingDevice device) =>
        hints.TryGetValue(device.Key, out var hint) && time.GetElapsedTime(hint.At) < HintAge ? hint.QueueMs : 0;

    static RingDevice[] InOrder(IEnumerable<RingDevice> devices) => [.. devices.OrderBy(device => device.Key, StringComparer.Ordinal)];

    static ulong Score(RingDevice device, string contentHash) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{device.Key}\n{contentHash}"));
}
