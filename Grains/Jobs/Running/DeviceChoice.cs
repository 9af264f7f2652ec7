using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Grains.Placement;

namespace MplugCluster.Grains.Jobs.Running;

/// <summary>Which part goes to which device: a few to each, its own first; none to one that has just failed, which rests.</summary>
sealed class DeviceChoice(TimeProvider time)
{
    /// <summary>Parts on one device at a time: the next one's files are read while this one is computed.</summary>
    public const int PartsPerDevice = 2;

    /// <summary>Waiting parts that are looked at, for each device.</summary>
    const int PartsLookedAt = 64;

    static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, (long Since, TimeSpan Delay)> resting = new(StringComparer.Ordinal);

    /// <summary>Parts for the devices that have room: their own first, then those of devices with a long line.</summary>
    /// <param name="ring">The devices.</param>
    /// <param name="busy">Devices of the parts in flight, each as often as it has some.</param>
    /// <param name="ready">Parts that could be sent, in order.</param>
    /// <param name="suspect">A part that may take its silo down: it goes alone, when nothing else is in flight. Null: none.</param>
    /// <param name="placeOf">What places a part on the ring.</param>
    public List<(PartKey Key, RingDevice Device)> Choose(
        DeviceRing ring, IReadOnlyList<string> busy, IEnumerable<PartKey> ready, PartKey? suspect, Func<PartKey, string> placeOf)
    {
        var idle = ring.Devices.Where(device => !IsResting(device)).ToList();
        if (idle.Count == 0)
            return [];
        if (suspect is { } alone)
            return busy.Count > 0 ? [] : [(alone, ring.Without(Resting(ring)).Choose(placeOf(alone))!)];
        var lines = ready.Take(PartsLookedAt * ring.Devices.Count).GroupBy(key => ring.Choose(placeOf(key))!.Key)
            .ToDictionary(line => line.Key, line => new Queue<PartKey>(line), StringComparer.Ordinal);
        var chosen = new List<(PartKey Key, RingDevice Device)>();
        foreach (var round in Enumerable.Range(1, PartsPerDevice))
        {
            foreach (var device in idle.Where(device => Load(device.Key) < round && lines.GetValueOrDefault(device.Key) is { Count: > 0 } && MayTake(round)))
                chosen.Add((lines[device.Key].Dequeue(), device));

            // A device that has nothing of its own takes from the longest line, if that device is busy: better a cache miss than to wait.
            foreach (var device in idle.Where(device => Load(device.Key) < round && MayTake(round)))
            {
                var (owner, longest) = lines.OrderByDescending(line => line.Value.Count).FirstOrDefault();
                if (longest?.Count > 0 && Load(owner) >= round)
                    chosen.Add((longest.Dequeue(), device));
            }
        }

        return chosen;

        // The last parts go to whoever is idle first: behind another one on a busy device they would hold up the end.
        bool MayTake(int round) => round == 1 || lines.Values.Sum(line => line.Count) >= idle.Count;

        // One that rests can take nothing now.
        int Load(string device) => idle.All(other => other.Key != device) ? int.MaxValue
            : busy.Count(other => other == device) + chosen.Count(sent => sent.Device.Key == device);
    }

    /// <summary>A device that failed gets nothing for a while, each time longer; no item is blamed for it.</summary>
    public void Rest(RingDevice device, TimeSpan atLeast)
    {
        var delay = resting.TryGetValue(device.Key, out var before) ? 2 * before.Delay : FirstDelay;
        delay = delay > LongestDelay ? LongestDelay : delay < atLeast ? atLeast : delay;
        resting[device.Key] = (time.GetTimestamp(), delay);
    }

    /// <summary>A device that has done a part is well again.</summary>
    public void Clear(RingDevice device) => resting.Remove(device.Key);

    bool IsResting(RingDevice device) => resting.TryGetValue(device.Key, out var rest) && time.GetElapsedTime(rest.Since) < rest.Delay;

    HashSet<string> Resting(DeviceRing ring) => [.. ring.Devices.Where(IsResting).Select(device => device.Key)];
}
