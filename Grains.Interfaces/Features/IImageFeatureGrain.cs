namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>
/// Door to one device's share of the image features: memory, then feature store, then decode and encode.
/// Key: <c>device/shard</c> (see <c>DeviceGrainKey</c>); lives on the silo that has the device.
/// </summary>
[Alias("mplug.IImageFeatureGrain")]
public interface IImageFeatureGrain : IGrainWithStringKey
{
    /// <summary>Embeddings of pictures; fills the cache and the feature store.</summary>
    [Alias("Encode"), ResponseTimeout("00:02:00")]
    Task<EncodingReply> Encode(ImageEncodingRequest request, CancellationToken cancellation = default);

    /// <summary>Scores pairs where the image features are.</summary>
    [Alias("Score"), ResponseTimeout("00:02:00")]
    Task<PairScoringReply> Score(PairScoringRequest request, CancellationToken cancellation = default);

    /// <summary>Says how a text attends to a picture, where the image features are.</summary>
    [Alias("Explain"), ResponseTimeout("00:02:00")]
    Task<ExplanationReply> Explain(ExplanationRequest request, CancellationToken cancellation = default);
}
