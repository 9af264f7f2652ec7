using System.Diagnostics;
using MplugCluster.Model.Inference;
using MplugCluster.Training.Running;
using MplugCluster.Training.Steps;

namespace MplugCluster.Benchmarks;

/// <summary>Time of a training step: random pictures, texts of 22 tokens (the longest of 64 captions of scenes), a queue of 2,048.</summary>
static class TrainingBenchmark
{
    const int Steps = 20;
    const int WarmUp = 2;
    const int Length = 22;

    /// <summary>First id that is no special token in BERT's vocabularies.</summary>
    const int FirstWord = 104;

    public static int Run(string path, int batch, int threads, bool recompute)
    {
        using var model = TrainedModel.Open(path);
        var watch = Stopwatch.StartNew();
        using var step = new TrainingStep(model.Config, new StepOptions { Batch = batch, Queue = 2048, Recompute = recompute, Engine = new EngineOptions { IntraOpThreads = threads, Spin = true } });
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
        var (cpu, wall) = (new List<double>(), new List<double>());
        using var process = Process.GetCurrentProcess();
        for (var number = 0; number < WarmUp + Steps; number++)
        {
            process.Refresh();
            var (before, began) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            step.Run([made], new StepRates(0.4, 1e-4, 1e-4));
            var took = Stopwatch.GetElapsedTime(began);
            process.Refresh();
            if (number < WarmUp)
                continue;
            cpu.Add((process.TotalProcessorTime - before).TotalMilliseconds);
            wall.Add(took.TotalMilliseconds);
        }

        cpu.Sort();
        wall.Sort();
        Console.WriteLine($"a step of {batch} pairs, {threads} threads, median (least) of {Steps}: {cpu[Steps / 2]:0} ({cpu[0]:0}) ms of processor time, "
            + $"{wall[Steps / 2]:0} ({wall[0]:0}) ms, {1000 * batch / wall[Steps / 2]:0} pictures a second");
        Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)));
        return 0;
    }
}
