using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Placement;
using Orleans.Concurrency;
using Orleans.Placement;

namespace MplugCluster.Grains.Features;

/// <inheritdoc cref="IImageFeatureGrain"/>
[DevicePlacement, Immovable, Reentrant]
sealed class ImageFeatureGrain(DeviceSessions sessions, SiloModel model, ImageEncoder encoder, PairScorer scorer, ExplanationMaker explanations)
    : DeviceGrain(sessions), IImageFeatureGrain
{
    public Task<EncodingReply> Encode(ImageEncodingRequest request, CancellationToken cancellation = default) =>
        request.Fingerprint == model.Fingerprint
            ? encoder.Encode(request, Session, Deadline.In(request.BudgetMs).Logged(new StageLog()), cancellation)
            : Task.FromResult(new EncodingReply(WrongModel.Reply(model, request.Fingerprint), [], [], ImageLookup.FromNowhere));

    public Task<PairScoringReply> Score(PairScoringRequest request, CancellationToken cancellation = default) =>
        request.Fingerprint == model.Fingerprint
            ? scorer.Score(request, Session, Deadline.In(request.BudgetMs).Logged(new StageLog()), cancellation)
            : Task.FromResult(new PairScoringReply(WrongModel.Reply(model, request.Fingerprint), [], [], [], ImageLookup.FromNowhere));

    public Task<ExplanationReply> Explain(ExplanationRequest request, CancellationToken cancellation = default) =>
        request.Fingerprint == model.Fingerprint
            ? explanations.Explain(request, Session, Deadline.In(request.BudgetMs).Logged(new StageLog()), cancellation)
            : Task.FromResult(new ExplanationReply(WrongModel.Reply(model, request.Fingerprint), [], 0, 0, Error: null, ImageLookup.FromNowhere));
}
