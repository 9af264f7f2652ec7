using System.Globalization;
using MplugCluster.Model.Architecture;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Packages;

namespace MplugCluster.Model.Verification;

/// <summary>
/// What a device makes of a made-up picture and made-up texts: a second device that runs the same model must agree. A GPU can compute wrong numbers
/// without a word, for want of a kernel's bug fix or of sound memory, and features are kept for good.
/// </summary>
public sealed class DeviceProbe
{
    /// <summary>How far numbers of embeddings may be apart, in fp32 and with less precision. An H100 was 3e-7 and 2e-4 (fp16) from the processor.</summary>
    const double Embeddings = 1e-4, RoundedEmbeddings = 5e-3;

    /// <summary>The same of ITM logits, of 1 + their size: 5e-7 and 8e-4.</summary>
    const double Logits = 1e-3, RoundedLogits = 2e-2;

    /// <summary>Lengths of the texts; the last run has enough of them to be scored with keys and values.</summary>
    static readonly int[] Lengths = [3, 14, 8, 5];

    readonly float[][] embeddings;
    readonly float[] logits;

    /// <summary>Runs the probe: the picture, the texts, a pair alone and many pairs of one picture.</summary>
    public DeviceProbe(IInferenceEngine engine)
    {
        var config = engine.Config;
        var image = engine.EncodeImages([Picture(config)])[0];
        var texts = engine.EncodeTexts(Texts(config));
        embeddings = [image.Embedding, .. texts.Select(text => text.Embedding)];
        PairGroup[] many = [new(image, [.. Enumerable.Repeat(texts, 1 + 128 / Lengths.Sum()).SelectMany(all => all)])];
        logits = [.. engine.ScorePairs([new(image, [texts[1]])]).Concat(engine.ScorePairs(many)).SelectMany(row => row).SelectMany(pair => new[] { pair.NoMatch, pair.Match })];
    }

    /// <summary>Whether all are numbers.</summary>
    public bool IsFinite => embeddings.All(embedding => embedding.All(float.IsFinite)) && logits.All(float.IsFinite);

    /// <summary>How far another device's numbers are from these: embeddings, and ITM logits in 1 + their size. NaN where one is none.</summary>
    public (double Embedding, double Logit) Apart(DeviceProbe other) => (
        embeddings.Zip(other.embeddings, (a, b) => GoldenVerifier.Difference(a, b)).Aggregate(Math.Max),
        logits.Zip(other.logits, (a, b) => (double)Math.Abs(a - b) / (1 + Math.Abs(a))).Aggregate(Math.Max));

    /// <summary>How far another device's numbers are from these, when that is too far; null when both agree.</summary>
    /// <param name="other">The other device's.</param>
    /// <param name="rounded">Whether one of them computes in less than fp32: an fp16 package, or TensorFloat-32.</param>
    public string? Disagreement(DeviceProbe other, bool rounded)
    {
        var (embedding, logit) = Apart(other);
        var (mostEmbedding, mostLogit) = rounded ? (RoundedEmbeddings, RoundedLogits) : (Embeddings, Logits);

        // NaN is within no bound.
        return embedding <= mostEmbedding && logit <= mostLogit ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"embeddings differ by up to {embedding:0.0e+0} (allowed: {mostEmbedding:0.0e+0}), ITM logits by {logit:0.0e+0} of 1 + their size (allowed: {mostLogit:0.0e+0})");
    }

    /// <summary>Soft coloured waves, in the range of normalized pixels: <c>[3, R, R]</c>.</summary>
    static float[] Picture(MplugConfig config)
    {
        var side = config.ImageResolution;
        var pixels = new float[3 * side * side];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (channel, row, column) = (i / (side * side), i / side % side, i % side);
            pixels[i] = MathF.Sin(0.11f * (1 + channel) * row + channel) * MathF.Cos(0.07f * (3 - channel) * column);
        }

        return pixels;
    }

    /// <summary>Texts of ids from all over the vocabulary.</summary>
    static int[][] Texts(MplugConfig config) =>
    [
        .. Lengths.Select((length, text) => Enumerable.Range(0, Math.Min(length, config.MaxPositions))
            .Select(place => (int)(7919L * (1 + place + 31 * text) % config.VocabularySize)).ToArray()),
    ];
}
