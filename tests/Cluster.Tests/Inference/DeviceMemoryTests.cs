using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using MplugCluster.Cluster.Tests.Clusters;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Placement;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Hosting;
using MplugCluster.Silo.Options;

namespace MplugCluster.Cluster.Tests.Inference;

/// <summary>What a silo makes of a device whose memory is not enough, and of what its package knows about that.</summary>
public sealed class DeviceMemoryTests : IDisposable
{
    static readonly MemoryShortage Shortage =
        new("cpu", BatchWork.Images, 8, new BatchSizes(4, 4096, 32, 128), "CUDA failure 2: out of memory", "'/p/calibration.json' cannot be written: no.");

    readonly TemporaryFolder folder = new();
    readonly LinesLogger logger = new();
    readonly FakeEngine engine = new("cpu") { Remarks = ["It is slow here."] };
    readonly Instruments instruments = new();
    readonly DeviceSessions sessions;

    public DeviceMemoryTests() =>
        sessions = new DeviceSessions([new RingDevice("h", "short", "cpu")], _ => engine, instruments, logger);

    public void Dispose()
    {
        sessions.Dispose();
        instruments.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Encode_MemoryWasNotEnough_AnswersAndIsCountedAndLogged()
    {
        long counted = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name == "mplug.device.memory.shortages")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Select(tag => tag.Value).SequenceEqual(["h/short/cpu", "image"]))
                Interlocked.Add(ref counted, value);
        });
        listener.Start();
        engine.Shortage = Shortage;

        var encoded = await sessions.All.Single().EncodeImages([[1f]], Deadline.In(60_000), default);

        Assert.True(encoded.Ok);
        Assert.True(sessions.All.Single().Status.Ready);
        Assert.Equal(1, Interlocked.Read(ref counted));
        Assert.Equal(
        [
            "Warning Device h/short/cpu: It is slow here.",
            "Warning Device h/short/cpu had no memory for a run of 8 (image) and repeated it in halves. A run has from now on at most 4 pictures; 4096 tokens of "
                + "texts; 32 pictures and 128 texts of each for pairs. It said: CUDA failure 2: out of memory",
            "Warning Device h/short/cpu cannot remember its batch sizes, and after a restart begins with the old ones: '/p/calibration.json' cannot be written: no.",
        ],
            logger.Lines);
    }

    [Fact]
    public void StartEngine_CalibratedPackage_ItsSizes()
    {
        foreach (var file in Directory.GetFiles(Repository.Scenes))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var options = new MplugOptions { Model = folder.File("."), Store = folder.File("store"), Device = new DeviceOptions { IntraOpThreads = 1 } };
        new CalibrationFile(folder.File(".")).Write(CalibrationKey.Of(DeviceName.Cpu, 1), new BatchSizes(3, 100, 2, 50));

        var served = ServedModel.Open(options);
        using var started = served.StartEngine("cpu");

        Assert.Equal(3, started.ImageBatch);
        Assert.Empty(started.Remarks);
        Assert.Equal(ModelPackage.Open(Repository.Scenes).Fingerprint, started.Fingerprint);
    }

    [Fact]
    public void StartEngine_DamagedCalibration_StartsWithDefaultsAndSaysSo()
    {
        foreach (var file in Directory.GetFiles(Repository.Scenes))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        File.WriteAllText(folder.File("calibration.json"), "{");

        using var started = ServedModel.Open(new MplugOptions { Model = folder.File("."), Store = folder.File("store") }).StartEngine("cpu");

        Assert.Equal(1, started.ImageBatch);
        var remark = Assert.Single(started.Remarks);
        Assert.StartsWith($"'{Path.GetFullPath(folder.File("calibration.json"))}' is damaged: ", remark);
        Assert.EndsWith(" Delete it, or calibrate again. Until then batches have their default sizes.", remark);
    }

    sealed class LinesLogger : ILogger<DeviceSession>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format) =>
            Lines.Add($"{level} {format(state, exception)}");
    }
}
