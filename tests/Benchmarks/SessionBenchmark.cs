using System.Diagnostics;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Benchmarks;

/// <summary>What one CPU device does with a package: medians of alternated runs after one warm-up.</summary>
static class SessionBenchmark
{
    const int Rounds = 5;

    /// <summary>Text tokens per picture up to which pairs are scored without keys and values; -1: as the engine chooses.</summary>
    public const int Default = -1;

    /// <summary>Token counts around the mean of real captions, 13.</summary>
    static readonly int[] Lengths = [9, 11, 12, 13, 13, 14, 15, 17];

    public static int Run(string directory, int absorbedTokens)
    {
        var watch = Stopwatch.StartNew();
        var package = ModelPackage.Open(directory, checkContent: false);
        Print("open without reading the weights", watch.Elapsed.TotalSeconds, "s");
        watch.Restart();
        _ = ModelPackage.Open(directory);
        Print("open and check every byte", watch.Elapsed.TotalSeconds, "s");
        watch.Restart();
        using var engine = new OnnxInferenceEngine(package, new EngineOptions { AbsorbedTokens = absorbedTokens });
        Print("load three sessions", watch.Elapsed.TotalSeconds, "s");
        Memory("after loading");

        var random = new Random(1);
        var pixels = Enumerable.Range(0, 3 * package.Config.ImageResolution * package.Config.ImageResolution)
            .Select(_ => 2 * random.NextSingle() - 1).ToArray();
        var texts = Enumerable.Range(0, 128).Select(i => Enumerable.Range(0, Lengths[i % Lengths.Length])
            .Select(_ => random.Next(1000, package.Config.VocabularySize)).ToArray()).ToArray();
        var image = engine.EncodeImages([pixels])[0];
        var encoded = engine.EncodeTexts(texts);

        var cases = new List<(string Name, int Units, Action Work, List<double> Seconds)>
        {
            ("images", 1, () => engine.EncodeImages([pixels]), []),
            ("texts, one at a time", 1, () => engine.EncodeTexts(texts[..1]), []),
            ("texts (128 of mean 13 tokens)", 128, () => engine.EncodeTexts(texts), []),
        };
        foreach (var count in new[] { 1, 2, 4, 6, 8, 32, 128 })
            cases.Add(($"pairs (1 image, {count} texts)", count, () => engine.ScorePairs([new PairGroup(image, encoded[..count])]), []));

        if (absorbedTokens == 0)
        {
            // As the reference does it: every pair by itself, the picture's keys and values for each, the text padded to 30 tokens.
            var padded = engine.EncodeTexts([.. Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, 30).Select(_ => random.Next(1000, 30000)).ToArray())]);
            cases.Add(("pairs, reference's plan", 8, () => engine.ScorePairs([.. padded.Select(text => new PairGroup(image, [text]))]), []));
        }

        var sixteen = Enumerable.Range(0, 16).Select(_ => new PairGroup(image, encoded[..1])).ToArray();
        cases.Add(("pairs (16 images, 1 text each)", 16, () => engine.ScorePairs(sixteen), []));
        var twos = Enumerable.Range(0, 16).Select(_ => new PairGroup(image, encoded[..2])).ToArray();
        cases.Add(("pairs (16 images, 2 texts each)", 32, () => engine.ScorePairs(twos), []));
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (_, _, work, seconds) in cases)
            {
                watch.Restart();
                work();
                if (round > 0)
                    seconds.Add(watch.Elapsed.TotalSeconds);
            }
        }

        foreach (var (name, units, _, seconds) in cases)
            Print(name, units / seconds.Order().ElementAt(Rounds / 2), "per second");
        Memory("at the end");
        return 0;
    }

    static void Memory(string when)
    {
        foreach (var line in File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM") || line.StartsWith("RssAnon")))
            Print($"{line.Split(':')[0]} {when}", double.Parse(line.Split(':')[1].Replace("kB", "").Trim()) / 1e6, "GB");
    }

    static void Print(string what, double value, string unit) => Console.WriteLine(FormattableString.Invariant($"{what,-36} {value,8:0.00} {unit}"));
}
