using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;
using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Tests.Verification;

/// <summary>An engine whose numbers are changed on their way out.</summary>
sealed class WrongEngine(IInferenceEngine right) : IInferenceEngine
{
    public event Action<MemoryShortage>? Shortened
    {
        add => right.Shortened += value;
        remove => right.Shortened -= value;
    }

    /// <summary>Added to the first number of every picture's embedding, of every text's, and to every matching logit.</summary>
    public (float Image, float Text, float Logit) Added { get; init; }

    public bool Disposed { get; private set; }

    public MplugConfig Config => right.Config;

    public string Fingerprint => right.Fingerprint;

    public string Device => right.Device;

    public int ImageBatch => right.ImageBatch;

    public IReadOnlyList<string> Remarks => right.Remarks;

    public TokenResidency? Residency => right.Residency;

    public ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels) =>
        [.. right.EncodeImages(pixels).Select(image => image with { Embedding = Changed(image.Embedding, Added.Image) })];

    public TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds) =>
        [.. right.EncodeTexts(tokenIds).Select(text => text with { Embedding = Changed(text.Embedding, Added.Text) })];

    public ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups) =>
        [.. right.ScorePairs(groups).Select(row => row.Select(pair => new ItmLogits(pair.NoMatch, pair.Match + Added.Logit)).ToArray())];

    public PairAttention Explain(ImageFeatures image, TextFeatures text, int layer) => right.Explain(image, text, layer);

    public void Dispose()
    {
        Disposed = true;
        right.Dispose();
    }

    static float[] Changed(float[] numbers, float added) => [numbers[0] + added, .. numbers[1..]];
}
