using MplugCluster.Model.Architecture;
using MplugCluster.Model.Calibration;

namespace MplugCluster.Model.Inference;

/// <summary>
/// The three encoders of one model package on one device. Calls block, and are made from one thread at a time
/// (a device lane's own thread), never from a grain.
/// </summary>
public interface IInferenceEngine : IDisposable
{
    /// <summary>Pairs that are one call's work on every device.</summary>
    const int DefaultPairSlice = 128;

    /// <summary>Sizes of the model.</summary>
    MplugConfig Config { get; }

    /// <summary>Fingerprint of the package: what makes numbers comparable and cache entries valid.</summary>
    string Fingerprint { get; }

    /// <summary>The device as metrics and messages name it: <c>cpu</c>, <c>cuda:0</c>.</summary>
    string Device { get; }

    /// <summary>A run was too large for the device's memory, and was repeated in halves. Told on the thread that called. Default: never.</summary>
    event Action<MemoryShortage>? Shortened
    {
        add { }
        remove { }
    }

    /// <summary>Pictures that one run of the image encoder takes. It becomes less when memory is not enough. Default: 1.</summary>
    int ImageBatch => 1;

    /// <summary>
    /// Pairs that one call should bring at most, so that others get their turn: a tenth of a second to a second of work for the published model. Default: 128.
    /// </summary>
    int PairSlice => DefaultPairSlice;

    /// <summary>What whoever runs the device should know of how it started. Default: nothing.</summary>
    IReadOnlyList<string> Remarks => [];

    /// <summary>How the image tokens do that stay on the device; may be asked from any thread. Default: null, none do.</summary>
    TokenResidency? Residency => null;

    /// <summary>Encodes pictures one after another or in batches; a picture's numbers do not depend on its neighbours.</summary>
    /// <param name="pixels">Normalised pictures, each <c>[3, R, R]</c>.</param>
    ImageFeatures[] EncodeImages(IReadOnlyList<float[]> pixels);

    /// <summary>Encodes texts.</summary>
    /// <param name="tokenIds">Token ids of each text, without padding.</param>
    TextFeatures[] EncodeTexts(IReadOnlyList<int[]> tokenIds);

    /// <summary>Scores every pair of every group.</summary>
    /// <returns>For each group, logits in the order of its texts.</returns>
    ItmLogits[][] ScorePairs(IReadOnlyList<PairGroup> groups);

    /// <summary>Scores one pair and says how its text attends to its picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="text">The text.</param>
    /// <param name="layer">Fusion layer, counted from 0, the first that runs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such layer.</exception>
    PairAttention Explain(ImageFeatures image, TextFeatures text, int layer);
}
