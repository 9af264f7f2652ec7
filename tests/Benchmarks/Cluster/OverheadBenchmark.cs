using System.Diagnostics;
using System.Globalization;
using MplugCluster.Model.Imaging;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;
using MplugCluster.Silo.Options;

namespace MplugCluster.Benchmarks.Cluster;

/// <summary>
/// What the way through the cluster adds to scoring one pair whose features are cached: the engine's own call, the grain in the same process, the
/// grain in another process, and the HTTP door before either. Alternated, one call at a time.
/// </summary>
static class OverheadBenchmark
{
    const int Rounds = 30, WarmUpRounds = 5, CallsPerRound = 100;
    const double Tolerance = 1e-5;
    const string Text = "a red circle above a blue square";

    public static async Task<int> Run(string package)
    {
        Console.WriteLine(Machine.Describe());
        var folder = Directory.CreateTempSubdirectory("mplug-overhead-");
        try
        {
            await Measure(package, folder.FullName);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task Measure(string package, string folder)
    {
        var picture = MadeInput.Picture(1);
        await using var one = await PairDoor.Open(Options(package, folder, "one"), picture, Text);
        var primary = ServerProcess.FreePort();
        var door = Options(package, folder, "two");
        door = door with
        {
            Device = new DeviceOptions { Devices = "none" },
            Cluster = new ClusterOptions { SiloName = "gateway", SiloPort = primary },
        };
        await using var two = await PairDoor.Open(door, picture, Text);
        using var silo = ServerProcess.Silo(
            null, $"Model={package}", $"Store={door.Store}", "Device:IntraOpThreads=1", "Cluster:SiloName=silo", $"Cluster:Primary=127.0.0.1:{primary}");
        await silo.Ready();

        using var engine = new OnnxInferenceEngine(ModelPackage.Open(package), new EngineOptions { IntraOpThreads = 1 });
        var pair = new PairGroup(Encode(engine, package, picture), engine.EncodeTexts([one.TokenIds]));
        Task<float> Direct() => Task.FromResult(engine.ScorePairs([pair])[0][0].Match);
        var cases = new (string Name, Func<Task<float>> Call, Samples Ms)[]
        {
            ("engine, called directly", Direct, new()),
            ("grain, one silo in this process", one.ThroughGrain, new()),
            ("grain, silo in another process", two.ThroughGrain, new()),
            ("HTTP, one silo in this process", one.ThroughHttp, new()),
            ("HTTP, silo in another process", two.ThroughHttp, new()),
        };
        var expected = await Direct();
        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            foreach (var (name, call, ms) in cases)
                await Round(name, call, expected, round < 0 ? new Samples() : ms);
        }

        Print(cases);
    }

    static async Task Round(string name, Func<Task<float>> call, float expected, Samples ms)
    {
        for (var i = 0; i < CallsPerRound; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var logit = await call();
            ms.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (Math.Abs(logit - expected) > Tolerance)
                throw new InvalidOperationException($"{name}: {logit}, expected {expected}");
        }
    }

    static void Print((string Name, Func<Task<float>> Call, Samples Ms)[] cases)
    {
        var direct = cases[0].Ms.Median;
        Console.WriteLine($"{"one cached pair",-34} {"calls",6} {"median",8} {"p95",8} {"added (median)",16}  ms; load at the end {Machine.Load()}");
        foreach (var (name, _, ms) in cases)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-34} {ms.Count,6} {ms.Median,8:0.000} {ms.P95,8:0.000} {ms.Median - direct,16:0.000}"));
        }
    }

    static MplugOptions Options(string package, string folder, string store) => new()
    {
        Model = package,
        Store = Path.Combine(folder, store),
        Device = new DeviceOptions { IntraOpThreads = 1 },
    };

    static ImageFeatures Encode(OnnxInferenceEngine engine, string package, byte[] picture)
    {
        var preprocessor = new PicturePreprocessor(ModelPackage.Open(package).Config.ImageResolution, new PictureLimits());
        return preprocessor.TryPreprocess(picture, applyOrientation: true, out var pixels, out var error)
            ? engine.EncodeImages([pixels])[0]
            : throw new InvalidOperationException(error.Reason);
    }
}
