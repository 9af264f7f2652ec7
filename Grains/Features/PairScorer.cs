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
            return Failed(encoded, device, deadline);
        var scored = await Score(request.Groups, request.ApplyOrientation, encoded.Value.Texts, device, deadline, cancellation);
        return !scored.Ok ? Failed(scored, device, deadline) : new PairScoringReply(
            DeviceReplies.Done(device, deadline),
            FloatBytes.From(scored.Value.ItmLogits),
            FloatBytes.From(scored.Value.ItcSimilarities),
            scored.Value.Errors,
            scored.Value.Tiers);
    }

    /// <summary>Scores pictures against texts whose features are at hand. How pairs share runs follows from the arguments alone.</summary>
    /// <param name="groups">Pictures with the texts of each, by their place among <paramref name="encoded"/>.</param>
    /// <param name="applyOrientation">EXIF rule.</param>
    /// <param name="encoded">Features of the texts.</param>
    /// <param name="device">Where to score.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellation">Stops between slices.</param>
    public async Task<CallOutcome<ScoredGroups>> Score(
        IReadOnlyList<PictureTexts> groups,
        bool applyOrientation,
        TextFeatures[] encoded,
        DeviceSession device,
        Deadline deadline,
        CancellationToken cancellation)
    {
        var pairs = groups.Sum(group => group.Texts.Length);
        var (logits, similarities) = (new float[2 * pairs], new float[pairs]);
        var errors = new ItemError?[groups.Count];
        var tiers = ImageLookup.FromNowhere;
        var at = 0;
        foreach (var slice in groups.Index().Chunk(PicturesPerSlice))
        {
            var lookups = await Task.WhenAll(slice.Select(group =>
                images.Get(group.Item.Picture, applyOrientation, device, deadline, cancellation)));
            if (lookups.FirstOrDefault(lookup => !lookup.Ok) is { } failed)
                return failed.As<ScoredGroups>();
            tiers = lookups.Aggregate(tiers, (sum, lookup) => sum + lookup.Value!.Tiers);
            var good = slice.Zip(lookups, (group, lookup) => (group.Index, group.Item.Texts, Lookup: lookup.Value!)).ToArray();
            foreach (var (index, _, lookup) in good)
                errors[index] = lookup.Error;

            var scored = await device.ScorePairs(
                [.. good.Where(group => group.Lookup.Features is not null)
                    .Select(group => new PairGroup(group.Lookup.Features!, [.. group.Texts.Select(text => encoded[text])]))],
                deadline,
                cancellation);
            if (!scored.Ok)
                return scored.As<ScoredGroups>();
            at = Place(good, encoded, scored.Value, at, logits, similarities);
        }

        return CallOutcomes.Done(new ScoredGroups(logits, similarities, errors, tiers));
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

    static PairScoringReply Failed<T>(CallOutcome<T> outcome, DeviceSession device, Deadline deadline) =>
        new(DeviceReplies.Failed(outcome, device, deadline), [], [], [], ImageLookup.FromNowhere);
}
