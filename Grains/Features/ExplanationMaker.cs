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
            return Failed(text, device);
        var image = await images.Get(request.Picture, request.ApplyOrientation, device, deadline, cancellation);
        if (!image.Ok)
            return Failed(image, device);
        if (image.Value.Features is not { } features)
            return new ExplanationReply(Done(device), [], 0, 0, image.Value.Error, image.Value.Tiers);
        var attention = await device.Explain(features, text.Value.Texts[0], request.Layer, deadline, cancellation);
        return !attention.Ok ? Failed(attention, device) : new ExplanationReply(
            Done(device),
            FloatBytes.From(attention.Value.Maps()),
            attention.Value.Logits.NoMatch,
            attention.Value.Logits.Match,
            Error: null,
            image.Value.Tiers);
    }

    static DeviceReply Done(DeviceSession device) => new(CallStatus.Ok, QueueMs: device.Status.QueueMs);

    static ExplanationReply Failed<T>(CallOutcome<T> outcome, DeviceSession device) => new(
        new DeviceReply(outcome.Status, outcome.Message, outcome.RetryAfterMs, device.Status.QueueMs), [], 0, 0, Error: null, ImageLookup.FromNowhere);
}
