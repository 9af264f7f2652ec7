namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>A pair to explain.</summary>
/// <param name="Fingerprint">Package the caller counts on.</param>
/// <param name="ApplyOrientation">EXIF orientation rule, part of the cache key.</param>
/// <param name="Picture">The picture.</param>
/// <param name="TokenIds">Token ids of the text, without padding.</param>
/// <param name="Layer">Fusion layer, counted from 0.</param>
/// <param name="BudgetMs">Time left for the call, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("mplug.ExplanationRequest")]
public sealed record ExplanationRequest(
    [property: Id(0)] string Fingerprint,
    [property: Id(1)] bool ApplyOrientation,
    [property: Id(2)] PictureReference Picture,
    [property: Id(3)] int[] TokenIds,
    [property: Id(4)] int Layer,
    [property: Id(5)] int BudgetMs);
