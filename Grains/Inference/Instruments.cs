using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MplugCluster.Grains.Inference;

/// <summary>What a silo measures of itself, on the meter <see cref="MeterName"/>. Thread-safe.</summary>
public sealed class Instruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "MplugCluster";

    static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
    };
    static readonly InstrumentAdvice<int> Units = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] };

    readonly Meter meter = new(MeterName);
    readonly ConcurrentDictionary<string, DeviceSession> devices = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<(string Kind, string Tier), long> lookedUp = new();
    readonly Histogram<double> wait;
    readonly Histogram<double> inference;
    readonly Histogram<double> decode;
    readonly Histogram<int> batch;
    readonly Histogram<double> store;
    readonly Counter<long> refused;
    readonly Counter<long> shortages;
    readonly Counter<long> lookups;

    /// <summary>Makes the meter.</summary>
    public Instruments()
    {
        meter.CreateObservableGauge("mplug.device.queue.length", Queues, "{request}", "Requests that wait for a device.");
        meter.CreateObservableCounter("mplug.device.token.lookups", Tokens, "{picture}", "Pictures of runs, by whether their tokens were on the device or had to be sent.");
        meter.CreateObservableGauge("mplug.device.token.size", TokenBytes, "By", "Bytes of the device that hold image tokens.");
        wait = meter.CreateHistogram("mplug.device.wait", "s", "Time that work waited for its device.", tags: null, Seconds);
        inference = meter.CreateHistogram("mplug.device.inference", "s", "Time that a device worked on one slice.", tags: null, Seconds);
        batch = meter.CreateHistogram("mplug.device.batch.size", "{item}", "Pictures, texts or pairs of one slice.", tags: null, Units);
        refused = meter.CreateCounter<long>("mplug.device.refused", "{request}", "Requests that a full queue refused.");
        shortages = meter.CreateCounter<long>(
            "mplug.device.memory.shortages", "{run}", "Runs that were too large for a device's memory and were repeated in halves.");
        decode = meter.CreateHistogram("mplug.picture.decode", "s", "Time that decoding and resizing a picture took.", tags: null, Seconds);
        store = meter.CreateHistogram("mplug.store.call", "s", "Time of one call of the object store, by what it does.", tags: null, Seconds);
        lookups = meter.CreateCounter<long>("mplug.cache.lookups", "{item}", "Features looked up, by the tier that had them; 'none': computed.");
    }

    /// <summary>A device's queue is shown from now on.</summary>
    internal void Show(DeviceSession device) => devices[device.Key] = device;

    /// <summary>Work began after it had waited.</summary>
    internal void Waited(string device, bool background, TimeSpan time) => wait.Record(time.TotalSeconds, Device(device), Priority(background));

    /// <summary>A full queue refused work.</summary>
    internal void Refused(string device, bool background) => refused.Add(1, Device(device), Priority(background));

    /// <summary>A run was too large for a device's memory.</summary>
    internal void RanOutOfMemory(string device, string work) => shortages.Add(1, Device(device), new KeyValuePair<string, object?>("work", work));

    /// <summary>A device did one slice.</summary>
    internal void Ran(string device, string work, int units, TimeSpan time)
    {
        inference.Record(time.TotalSeconds, Device(device), new("work", work));
        batch.Record(units, Device(device), new("work", work));
    }

    /// <summary>A picture was decoded, or found to be damaged.</summary>
    internal void Decoded(TimeSpan time) => decode.Record(time.TotalSeconds);

    /// <summary>The object store was asked.</summary>
    internal void Stored(string operation, TimeSpan time) => store.Record(time.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>Features were looked up.</summary>
    /// <param name="kind"><c>image</c> or <c>text</c>.</param>
    /// <param name="tier"><c>memory</c>, <c>store</c>, or <c>none</c>.</param>
    /// <param name="count">How many.</param>
    internal void LookedUp(string kind, string tier, long count)
    {
        if (count <= 0)
            return;
        lookups.Add(count, new("kind", kind), new KeyValuePair<string, object?>("tier", tier));
        lookedUp.AddOrUpdate((kind, tier), count, (_, before) => before + count);
    }

    /// <summary>Features that were looked up and that this tier had, since the silo started.</summary>
    internal long Lookups(string kind, string tier) => lookedUp.GetValueOrDefault((kind, tier));

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    IEnumerable<Measurement<int>> Queues()
    {
        foreach (var device in devices.Values)
        {
            foreach (var background in new[] { false, true })
                yield return new Measurement<int>(device.QueueLength(background), Device(device.Key), Priority(background));
        }
    }

    IEnumerable<Measurement<long>> Tokens()
    {
        foreach (var device in devices.Values)
        {
            if (device.Residency is not { } tokens)
                continue;
            yield return new Measurement<long>(tokens.Hits, Device(device.Key), new("tier", "device"));
            yield return new Measurement<long>(tokens.Misses, Device(device.Key), new("tier", "none"));
        }
    }

    IEnumerable<Measurement<long>> TokenBytes()
    {
        foreach (var device in devices.Values)
        {
            if (device.Residency is { } tokens)
                yield return new Measurement<long>(tokens.Bytes, Device(device.Key));
        }
    }

    static KeyValuePair<string, object?> Device(string key) => new("device", key);

    static KeyValuePair<string, object?> Priority(bool background) => new("priority", background ? "job" : "interactive");
}
