using System.Numerics.Tensors;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Features;

/// <summary>
/// Scores a request's pairs on one device: image and text features first, then the pairs grouped by picture, a few pictures at a time so
/// that a request of any size keeps only their tokens alive.
/// </summary>
public sealed class PairScorer(ImageFeatureSource images, TextFeatureSource texts)
{
    /// <summary>Pictures whose tokens are alive at a time.</summary>
    const int PicturesPerSlice = 16;

    /// <summary>Answers a request.</summary>
    public async Task<PairScoringReply> Score(PairScoringRequest request, DeviceSession device, Deadline deadline, CancellationToken cancellation)
    {
        var encoded = await texts.Get(request.TokenIds, device, deadline, cancellation);
        if (!encoded.Ok)
            return Failed(encoded.Status, encoded.Message, encoded.RetryAfterMs, device);
        var pairs = request.Groups.Sum(group => group.Texts.Length);
        var (logits, similarities) = (new float[2 * pairs], new float[pairs]);
        var errors = new ItemError?[request.Groups.Length];
        var tiers = ImageLookup.FromNowhere;
        var at = 0;
        foreach (var slice in request.Groups.Index().Chunk(PicturesPerSlice))
        {
            var lookups = await Task.WhenAll(slice.Select(group =>
                images.Get(group.Item.Picture, request.ApplyOrientation, device, deadline, cancellation)));
            if (lookups.FirstOrDefault(lookup => !lookup.Ok) is { } failed)
                return Failed(failed.Status, failed.Message, failed.RetryAfterMs, device);
            tiers = lookups.Aggregate(tiers, (sum, lookup) => sum + lookup.Value!.Tiers);
            var good = slice.Zip(lookups, (group, lookup) => (group.Index, group.Item.Texts, Lookup: lookup.Value!)).ToArray();
            foreach (var (index, _, lookup) in good)
                errors[index] = lookup.Error;

            var scored = await device.ScorePairs(
                [.. good.Where(group => group.Lookup.Features is not null)
                    .Select(group => new PairGroup(group.Lookup.Features!, [.. group.Texts.Select(text => encoded.Value.Texts[text])]))],
                deadline,
                cancellation);
            if (!scored.Ok)
                return Failed(scored.Status, scored.Message, scored.RetryAfterMs, device);
            at = Place(good, encoded.Value.Texts, scored.Value, at, logits, similarities);
        }

        return new PairScoringReply(
            new DeviceReply(CallStatus.Ok, QueueMs: device.Status.QueueMs), FloatBytes.From(logits), FloatBytes.From(similarities), errors, tiers);
    }

    /// <summary>Writes a slice's numbers behind those of the slices before; a picture that failed leaves zeros.</summary>
    static int Place(
        (int Index, int[] Texts, ImageLookup Lookup)[] groups, TextFeatures[] texts, ItmLogits[][] scored, int at, float[] logits, float[] similarities)
    {
        var row = 0;
        foreach (var (_, chosen, lookup) in groups)
        {
            var results = lookup.Features is null ? null : scored[row++];
            for (var i = 0; i < chosen.Length; i++, at++)
            {
                if (results is null)
                    continue;
                (logits[2 * at], logits[2 * at + 1]) = (results[i].NoMatch, results[i].Match);
                similarities[at] = TensorPrimitives.Dot(lookup.Features!.Embedding, texts[chosen[i]].Embedding);
            }
        }

        return at;
    }

    static PairScoringReply Failed(CallStatus status, string? message, int retryAfterMs, DeviceSession device) =>
        new(new DeviceReply(status, message, retryAfterMs, device.Status.QueueMs), [], [], [], ImageLookup.FromNowhere);
}
