namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Pictures to encode, or to find encoded.</summary>
/// <param name="Fingerprint">Package the caller counts on.</param>
/// <param name="ApplyOrientation">EXIF orientation rule, part of the cache key.</param>
/// <param name="Pictures">The pictures.</param>
/// <param name="BudgetMs">Time left for the call, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("mplug.ImageEncodingRequest")]
public sealed record ImageEncodingRequest(
    [property: Id(0)] string Fingerprint,
    [property: Id(1)] bool ApplyOrientation,
    [property: Id(2)] PictureReference[] Pictures,
    [property: Id(3)] int BudgetMs);
