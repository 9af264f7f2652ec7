using System.Diagnostics.Metrics;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Placement;
using MplugCluster.Model.Inference;

namespace MplugCluster.Cluster.Tests.Inference;

public sealed class InstrumentsTests
{
    [Fact]
    public async Task Measurements_DeviceWorks_EachWithItsDevice()
    {
        using var instruments = new Instruments();
        var engine = new FakeEngine("cpu");
        using var sessions = new DeviceSessions([new RingDevice("h", "measured", "cpu")], _ => engine, instruments);
        var session = sessions.All.Single();
        var found = new List<string>();
        using var listener = Listen(found);
        await session.EncodeTexts([[1], [2], [3]], Deadline.In(60_000), default);
        engine.Close();
        var held = session.EncodeImages([[1f]], Deadline.In(60_000), default);
        await engine.Waiting.Task;
        var job = session.EncodeTexts([[4]], Deadline.InBackground(60_000), default);

        listener.RecordObservableInstruments();

        Assert.Contains("mplug.device.batch.size 3 h/measured/cpu text", found);
        Assert.Contains("mplug.device.queue.length 0 h/measured/cpu interactive", found);
        Assert.Contains("mplug.device.queue.length 1 h/measured/cpu job", found);
        engine.Open();
        await Task.WhenAll(held, job);
        Assert.Contains("mplug.device.batch.size 1 h/measured/cpu image", found);
        Assert.Equal(3, found.Count(line => line.StartsWith("mplug.device.wait s", StringComparison.Ordinal)));
        Assert.Equal(3, found.Count(line => line.StartsWith("mplug.device.inference s", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Measurements_TokensStayOnTheDevice_LookupsAndBytes()
    {
        using var instruments = new Instruments();
        var engine = new FakeEngine("cuda:0");
        using var sessions = new DeviceSessions([new RingDevice("h", "measured", "cpu")], _ => engine, instruments);
        await sessions.All.Single().Started;
        var found = new List<string>();
        using var listener = Listen(found);

        listener.RecordObservableInstruments();
        Assert.DoesNotContain(found, line => line.StartsWith("mplug.device.token", StringComparison.Ordinal));

        engine.Residency = new TokenResidency(7, 3, 1000, 5000);
        listener.RecordObservableInstruments();
        Assert.Contains("mplug.device.token.lookups 7 h/measured/cpu device", found);
        Assert.Contains("mplug.device.token.lookups 3 h/measured/cpu none", found);
        Assert.Contains("mplug.device.token.size 1000 h/measured/cpu", found);
    }

    /// <summary>Writes down what the measured silo says; times only by their unit.</summary>
    static MeterListener Listen(List<string> found)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == Instruments.MeterName)
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, $"{value}", tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, $"{value}", tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, instrument.Unit!, tags));
        listener.Start();
        return listener;

        void Note(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var line = $"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}";
            if (!line.Contains("h/measured/cpu", StringComparison.Ordinal))
                return;
            lock (found)
                found.Add(line);
        }
    }
}
