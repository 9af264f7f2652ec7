namespace MplugCluster.Gateway.Api;

/// <summary>Where the image features of a request came from.</summary>
/// <param name="ImagesFromMemory">Found in a silo's cache.</param>
/// <param name="ImagesFromStore">Read from the feature store.</param>
/// <param name="ImagesEncoded">Decoded and encoded.</param>
public sealed record FeatureCounts(int ImagesFromMemory, int ImagesFromStore, int ImagesEncoded)
{
    /// <summary>Sum of two counts.</summary>
    public static FeatureCounts operator +(FeatureCounts a, FeatureCounts b) => new(
        a.ImagesFromMemory + b.ImagesFromMemory, a.ImagesFromStore + b.ImagesFromStore, a.ImagesEncoded + b.ImagesEncoded);
}
