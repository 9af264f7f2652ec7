using System.Diagnostics;
using System.Globalization;
using MplugCluster.Benchmarks.Cluster;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks;

/// <summary>What it is worth on a processor to rearrange the image encoder's weights once instead of in every run, in alternated rounds.</summary>
static class WeightsBenchmark
{
    const int Rounds = 9;

    public static int Run(string directory, int threads)
    {
        var package = ModelPackage.Open(directory, checkContent: false);
        var random = new Random(1);
        float[] pixels = [.. Enumerable.Range(0, 3 * package.Config.ImageResolution * package.Config.ImageResolution).Select(_ => 2 * random.NextSingle() - 1)];
        Way[] ways = [.. new[] { true, false }.Select(mapped => new Way(package, new EngineOptions { IntraOpThreads = threads, MappedWeights = mapped }))];
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var way in ways)
                way.Encode(pixels, warm: round > 0);
        }

        Console.WriteLine("weights      opened ms  picture ms: wall  least   CPU  least");
        foreach (var way in ways)
            Console.WriteLine(way);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"rearranged is {ways[0].Wall.Median / ways[1].Wall.Median:0.00} times as fast, by CPU time {ways[0].Cpu.Median / ways[1].Cpu.Median:0.00}"));
        Array.ForEach(ways, way => way.Dispose());
        return 0;
    }

    sealed class Way : IDisposable
    {
        readonly OnnxInferenceEngine engine;
        readonly string name;
        readonly double opened;

        public Way(ModelPackage package, EngineOptions options)
        {
            var watch = Stopwatch.StartNew();
            engine = new OnnxInferenceEngine(package, options);
            (name, opened) = (options.MappedWeights ? "mapped" : "rearranged", watch.Elapsed.TotalMilliseconds);
        }

        public Samples Wall { get; } = new();

        public Samples Cpu { get; } = new();

        public void Encode(float[] pixels, bool warm)
        {
            var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            engine.EncodeImages([pixels]);
            if (!warm)
                return;
            Wall.Add(watch.Elapsed.TotalMilliseconds);
            Cpu.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{name,-12} {opened,9:0} {Wall.Median,17:0} {Wall.Least,6:0} {Cpu.Median,5:0} {Cpu.Least,6:0}");

        public void Dispose() => engine.Dispose();
    }
}
