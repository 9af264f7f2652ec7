using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>Embeddings of a request's pictures on one device; pictures that fail have their error and a row of zeros.</summary>
public sealed class ImageEncoder(ImageFeatureSource images, int embeddingSize)
{
    /// <summary>Answers a request.</summary>
    public async Task<EncodingReply> Encode(ImageEncodingRequest request, DeviceSession device, Deadline deadline, CancellationToken cancellation)
    {
        var lookups = await Task.WhenAll(request.Pictures.Select(picture =>
            images.Get(picture, request.ApplyOrientation, device, deadline, cancellation)));
        if (lookups.FirstOrDefault(lookup => !lookup.Ok) is { } failed)
            return new EncodingReply(DeviceReplies.Failed(failed, device, deadline), [], [], ImageLookup.FromNowhere);

        var found = lookups.Select(lookup => lookup.Value!).ToArray();
        return new EncodingReply(
            DeviceReplies.Done(device, deadline),
            FloatBytes.From(found.SelectMany(lookup => lookup.Features?.Embedding ?? new float[embeddingSize]).ToArray()),
            [.. found.Select(lookup => lookup.Error)],
            found.Aggregate(ImageLookup.FromNowhere, (sum, lookup) => sum + lookup.Tiers));
    }
}
