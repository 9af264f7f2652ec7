using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Placement;
using Orleans.Concurrency;
using Orleans.Placement;

namespace MplugCluster.Grains.Features;

/// <inheritdoc cref="ITextFeatureGrain"/>
[DevicePlacement, Immovable, Reentrant]
sealed class TextFeatureGrain(DeviceSessions sessions, SiloModel model, TextFeatureSource texts) : DeviceGrain(sessions), ITextFeatureGrain
{
    public async Task<EncodingReply> Encode(TextEncodingRequest request, CancellationToken cancellation = default)
    {
        if (request.Fingerprint != model.Fingerprint)
            return new EncodingReply(WrongModel.Reply(model, request.Fingerprint), [], [], ImageLookup.FromNowhere);
        var deadline = Deadline.In(request.BudgetMs).Logged(new StageLog());
        var encoded = await texts.Get(request.TokenIds, Session, deadline, cancellation);
        return !encoded.Ok ? new EncodingReply(DeviceReplies.Failed(encoded, Session, deadline), [], [], ImageLookup.FromNowhere) : new EncodingReply(
            DeviceReplies.Done(Session, deadline),
            FloatBytes.From(encoded.Value.Texts.SelectMany(text => text.Embedding).ToArray()),
            new ItemError?[request.TokenIds.Length],
            new TierCounts(encoded.Value.Held, 0, request.TokenIds.Length - encoded.Value.Held));
    }
}
