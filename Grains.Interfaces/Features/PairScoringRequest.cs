namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Pairs to score, grouped by picture.</summary>
/// <param name="Fingerprint">Package the caller counts on.</param>
/// <param name="ApplyOrientation">EXIF orientation rule, part of the cache key.</param>
/// <param name="Groups">Pictures with the texts of each.</param>
/// <param name="TokenIds">Token ids of each distinct text, without padding.</param>
/// <param name="BudgetMs">Time left for the call, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("mplug.PairScoringRequest")]
public sealed record PairScoringRequest(
    [property: Id(0)] string Fingerprint,
    [property: Id(1)] bool ApplyOrientation,
    [property: Id(2)] PictureTexts[] Groups,
    [property: Id(3)] int[][] TokenIds,
    [property: Id(4)] int BudgetMs);
