namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Door to one device's share of the text features. Key as for <see cref="IImageFeatureGrain"/>.</summary>
[Alias("mplug.ITextFeatureGrain")]
public interface ITextFeatureGrain : IGrainWithStringKey
{
    /// <summary>Embeddings of texts; fills the cache.</summary>
    [Alias("Encode"), ResponseTimeout("00:01:00")]
    Task<EncodingReply> Encode(TextEncodingRequest request, CancellationToken cancellation = default);
}
