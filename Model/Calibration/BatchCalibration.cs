using System.Diagnostics;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Calibration;

/// <summary>Measures how fast a package runs on a device with batches of several sizes, and chooses.</summary>
public sealed class BatchCalibration
{
    /// <summary>Texts that each picture of a measured run of pairs has, and the tokens of a text.</summary>
    const int TextsPerImage = 8, TokensPerText = 13;

    /// <summary>Measured rounds over all sizes; one before them warms up.</summary>
    const int Rounds = 3;

    /// <summary>The smallest size is taken that is as fast as this share of the fastest: memory is better spent otherwise.</summary>
    const double Close = 0.97;

    /// <summary>
    /// Sizes that are measured. On the processor pictures go one by one: more are not faster, and the last bits of a picture's numbers would depend on
    /// which others are in its run.
    /// </summary>
    static readonly (BatchWork Work, int[] Cpu, int[] Gpu)[] Ladders =
    [
        (BatchWork.Images, [1], [1, 2, 4, 8, 16, 32, 64]),
        (BatchWork.Texts, [256, 512, 1024, 2048, 4096], [512, 1024, 2048, 4096, 8192]),
        (BatchWork.Pairs, [1, 2, 4, 8, 16], [4, 8, 16, 32, 64]),
    ];

    readonly OnnxInferenceEngine engine;
    readonly BatchSizes start;
    readonly bool gpu;
    readonly Random random = new(1);

    BatchCalibration(OnnxInferenceEngine engine, EngineOptions options) =>
        (this.engine, start, gpu) = (engine, BatchSizes.Default(options.Device, options.GpuImageBatch), options.Device.CudaIndex is not null);

    /// <summary>Measures. Takes a minute or two for the published model on two cores.</summary>
    /// <param name="package">The package.</param>
    /// <param name="options">The device, and how it is to run.</param>
    /// <param name="progress">Told runs done, and how many there will be.</param>
    /// <param name="cancellation">Stops between runs.</param>
    /// <returns>The sizes to take, and all rates.</returns>
    /// <exception cref="DeviceUnavailableException">The device is not there.</exception>
    /// <exception cref="DeviceMemoryException">Its memory is not enough for the smallest run.</exception>
    public static (BatchSizes Sizes, IReadOnlyList<BatchRate> Rates) Measure(
        ModelPackage package, EngineOptions options, IProgress<(int Done, int Total)>? progress = null, CancellationToken cancellation = default)
    {
        // Sizes of its own, so that what proves too large here is not remembered as if it had been used.
        using var engine = new OnnxInferenceEngine(package, options with { Sizes = BatchSizes.Default(options.Device, options.GpuImageBatch) });
        return new BatchCalibration(engine, options).Measure(progress, cancellation);
    }

    /// <summary>Of rates of growing sizes the one to take: memory that wins nothing is not taken.</summary>
    internal static int Choose(IReadOnlyList<(int Size, double? PerSecond)> rates)
    {
        var best = rates.Max(rate => rate.PerSecond ?? 0);
        return rates.First(rate => rate.PerSecond is { } speed && speed >= Close * best).Size;
    }

    (BatchSizes, IReadOnlyList<BatchRate>) Measure(IProgress<(int, int)>? progress, CancellationToken cancellation)
    {
        var (sizes, rates, done) = (start, new List<BatchRate>(), 0);
        var total = Ladders.Sum(ladder => (1 + Rounds) * (gpu ? ladder.Gpu : ladder.Cpu).Length);
        foreach (var (work, cpuSizes, gpuSizes) in Ladders)
        {
            var ladder = gpu ? gpuSizes : cpuSizes;
            var seconds = ladder.ToDictionary(size => size, _ => new List<double>());
            var most = int.MaxValue;
            for (var round = 0; round <= Rounds; round++)
            {
                foreach (var size in ladder)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress?.Report((++done, total));
                    if (size >= most)
                        continue;
                    if (Time(work, size) is not { } time)
                        most = size;
                    else if (round > 0)
                        seconds[size].Add(time);
                }
            }

            var measured = ladder.Select(size => (size, size < most ? Units(work, size) / Median(seconds[size]) : (double?)null)).ToArray();
            var chosen = most == ladder[0] ? 0 : Choose(measured);

            // Where memory is not even enough for the smallest size measured, half of it is what is known to do.
            sizes = most == ladder[0] ? sizes.Least(engine.Sizes) : With(sizes, work, chosen);
            rates.AddRange(measured.Select(rate => new BatchRate(work, rate.size, rate.Item2, rate.size == chosen)));
        }

        return (sizes, rates);
    }

    /// <summary>Seconds of one run; null if memory was not enough for it in one piece.</summary>
    double? Time(BatchWork work, int size)
    {
        engine.Sizes = With(start, work, size);
        var run = Run(work, size);
        var watch = Stopwatch.StartNew();
        run();
        return engine.Sizes == With(start, work, size) ? watch.Elapsed.TotalSeconds : null;
    }

    Action Run(BatchWork work, int size)
    {
        switch (work)
        {
            case BatchWork.Images:
                var pixels = Enumerable.Range(0, size).Select(_ => Numbers(3 * engine.Config.ImageResolution * engine.Config.ImageResolution)).ToArray();
                return () => engine.EncodeImages(pixels);
            case BatchWork.Texts:
                var texts = Enumerable.Range(0, Units(work, size)).Select(_ => Ids()).ToArray();
                return () => engine.EncodeTexts(texts);
            default:
                var hidden = engine.Config.HiddenSize;
                TextFeatures[] tokens = [.. Enumerable.Range(0, TextsPerImage).Select(_ => new TextFeatures([], Numbers(TokensPerText * hidden), TokensPerText))];
                PairGroup[] groups = [.. Enumerable.Range(0, size).Select(_ => new PairGroup(new ImageFeatures([], Numbers(engine.Config.ImageTokens * hidden)), tokens))];
                return () => engine.ScorePairs(groups);
        }
    }

    /// <summary>Pictures, texts or pairs of a run of a size.</summary>
    static int Units(BatchWork work, int size) => work switch
    {
        BatchWork.Images => size,
        BatchWork.Texts => Math.Max(1, size / TokensPerText),
        _ => size * TextsPerImage,
    };

    static BatchSizes With(BatchSizes sizes, BatchWork work, int size) => work switch
    {
        BatchWork.Images => sizes with { Images = size },
        BatchWork.Texts => sizes with { TextTokens = size },
        _ => sizes with { PairImages = size },
    };

    float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];

    int[] Ids() => [.. Enumerable.Range(0, TokensPerText).Select(_ => random.Next(engine.Config.VocabularySize))];

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
