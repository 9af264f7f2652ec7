using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>Explains a pair on one device: the features of both first, then how one attends to the other. Only the maps leave the silo.</summary>
public sealed class ExplanationMaker(ImageFeatureSource images, TextFeatureSource texts)
{
    /// <summary>Answers a request.</summary>
    public async Task<ExplanationReply> Explain(ExplanationRequest request, DeviceSession device, Deadline deadline, CancellationToken cancellation)
    {
        var text = await texts.Get([request.TokenIds], device, deadline, cancellation);
        if (!text.Ok)
            return Failed(text, device, deadline);
        var image = await images.Get(request.Picture, request.ApplyOrientation, device, deadline, cancellation);
        if (!image.Ok)
            return Failed(image, device, deadline);
        if (image.Value.Features is not { } features)
            return new ExplanationReply(DeviceReplies.Done(device, deadline), [], 0, 0, image.Value.Error, image.Value.Tiers);
        var attention = await device.Explain(features, text.Value.Texts[0], request.Layer, deadline, cancellation);
        return !attention.Ok ? Failed(attention, device, deadline) : new ExplanationReply(
            DeviceReplies.Done(device, deadline),
            FloatBytes.From(attention.Value.Maps()),
            attention.Value.Logits.NoMatch,
            attention.Value.Logits.Match,
            Error: null,
            image.Value.Tiers);
    }

    static ExplanationReply Failed<T>(CallOutcome<T> outcome, DeviceSession device, Deadline deadline) =>
        new(DeviceReplies.Failed(outcome, device, deadline), [], 0, 0, Error: null, ImageLookup.FromNowhere);
}
