using MplugCluster.Model.Inference;

namespace MplugCluster.Model.Calibration;

/// <summary>How much goes into one run of each graph: a matter of speed and memory, not of scores.</summary>
/// <param name="Images">Pictures per run of the image encoder.</param>
/// <param name="TextTokens">Tokens per run of the text encoder.</param>
/// <param name="PairImages">Pictures per run of the pair scorer with keys and values; without them twice as many.</param>
/// <param name="PairTexts">Texts per picture and run of the pair scorer.</param>
public sealed record BatchSizes(int Images, int TextTokens, int PairImages, int PairTexts)
{
    /// <summary>Beyond it nothing is won.</summary>
    public const int MostPairTexts = 128;

    /// <summary>Tokens per run of the text encoder when nothing was measured.</summary>
    const int DefaultTextTokens = 4096;

    /// <summary>
    /// Pictures per run of the pair scorer when nothing was measured. On the processor four are a fifth faster than sixteen, and take 250 MB less: keys
    /// and values stay in its caches.
    /// </summary>
    const int CpuPairImages = 4, GpuPairImages = 32;

    /// <summary>The sizes of a package that has no calibration for a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="gpuImages">Pictures per run of the image encoder on a GPU; on the processor one already fills the cores.</param>
    public static BatchSizes Default(DeviceName device, int gpuImages) => device.CudaIndex is null
        ? new BatchSizes(1, DefaultTextTokens, CpuPairImages, MostPairTexts)
        : new BatchSizes(gpuImages, DefaultTextTokens, GpuPairImages, MostPairTexts);

    /// <summary>Whether every size is one.</summary>
    public bool Valid => Images >= 1 && TextTokens >= 1 && PairImages >= 1 && PairTexts is >= 1 and <= MostPairTexts;

    /// <summary>Of each size the smaller one.</summary>
    public BatchSizes Least(BatchSizes other) => new(
        Math.Min(Images, other.Images),
        Math.Min(TextTokens, other.TextTokens),
        Math.Min(PairImages, other.PairImages),
        Math.Min(PairTexts, other.PairTexts));
}
