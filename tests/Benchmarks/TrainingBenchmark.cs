using System.Diagnostics;
using MplugCluster.Model.Inference;
using MplugCluster.Training.Running;
using MplugCluster.Training.Steps;

namespace MplugCluster.Benchmarks;

/// <summary>Processor time of a training step on one thread: random pictures and texts of 14 tokens, a queue of 2,048.</summary>
static class TrainingBenchmark
{
    const int Steps = 10;
    const int WarmUp = 2;
    const int Length = 14;

    /// <summary>First id that is no special token in BERT's vocabularies.</summary>
    const int FirstWord = 104;

    public static int Run(string path, int batch, bool recompute = false)
    {
        using var model = TrainedModel.Open(path);
        var watch = Stopwatch.StartNew();
        using var step = new TrainingStep(model.Config, new StepOptions { Batch = batch, Queue = 2048, Recompute = recompute, Engine = new EngineOptions { IntraOpThreads = 1 } });
        step.Load(model.Weights);
        Console.WriteLine($"graphs written and opened: {watch.Elapsed.TotalSeconds:0.0} s");
        var random = new Random(1);
        var size = 3 * model.Config.ImageResolution * model.Config.ImageResolution;
        var made = new TrainingBatch
        {
            Pixels = [.. Enumerable.Range(0, batch * size).Select(_ => 2 * random.NextSingle() - 1)],
            Ids = [.. Enumerable.Range(0, batch * Length).Select(_ => (long)random.Next(FirstWord, model.Config.VocabularySize))],
            Mask = [.. Enumerable.Repeat(1L, batch * Length)],
            Identities = [.. Enumerable.Range(0, batch).Select(number => (long)number)],
            RandomImages = [.. Enumerable.Range(0, batch).Select(_ => 0.99f * random.NextSingle())],
            RandomTexts = [.. Enumerable.Range(0, batch).Select(_ => 0.99f * random.NextSingle())],
        };
        var times = new List<double>();
        using var process = Process.GetCurrentProcess();
        for (var number = 0; number < WarmUp + Steps; number++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            step.Run([made], new StepRates(0.4, 1e-4, 1e-4));
            process.Refresh();
            if (number >= WarmUp)
                times.Add((process.TotalProcessorTime - before).TotalSeconds);
        }

        times.Sort();
        var median = times[times.Count / 2];
        Console.WriteLine($"a step of {batch} pairs: {1000 * median:0} ms of processor time (least {1000 * times[0]:0}), {batch / median:0} pictures a second and core");
        Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)));
        return 0;
    }
}
