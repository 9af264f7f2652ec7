using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>Embeddings of some pictures or captions of the set.</summary>
sealed class SetEncoding(EvaluationSets sets, PictureHashes hashes, ImageFeatureSource images, CaptionFeatures captions)
{
    public async Task<CallOutcome<PartResult>> Pictures(PartScope scope, CancellationToken cancellation)
    {
        var set = await sets.Input(scope, cancellation);
        var some = set.Annotations.Skip(scope.Request.Part * scope.Plan.PicturesPerPart).Take(scope.Plan.PicturesPerPart).ToArray();
        var resolved = await hashes.Resolve(
            [.. some.Select((picture, place) => picture.Error is null && scope.IsTried(place) ? picture.Picture : null)], keepsContent: true, scope.Deadline, cancellation);
        var lookups = await Task.WhenAll(resolved.Select(async found => found?.Picture is null ? null : await images.Get(
            found.Picture, scope.Convention.AppliesOrientation(), scope.Device, scope.Deadline, cancellation, found.Content)));
        if (lookups.FirstOrDefault(lookup => lookup is { Ok: false }) is { } failed)
            return failed.As<PartResult>();
        var pictures = resolved.Select((found, place) =>
            (some[place].Error ?? scope.Untried(place) ?? found!.Error ?? ErrorOf(lookups[place]!.Value!)) is { } error
                ? new EvaluatedPicture(null, error)
                : new EvaluatedPicture(found!.Picture, null)).ToArray();
        return CallOutcomes.Done(new PartResult
        {
            Sections =
            [
                JobJson.ToBytes(pictures),
                FloatBytes.From(lookups.Where((_, place) => pictures[place].Picture is not null).SelectMany(lookup => lookup!.Value!.Features!.Embedding).ToArray()),
            ],
            Items = pictures.Length,
            Failed = pictures.Count(picture => picture.Error is not null),
            Tiers = lookups.Aggregate(ImageLookup.FromNowhere, (sum, lookup) => lookup?.Value is { } found ? sum + found.Tiers : sum),
        });
    }

    static ItemError? ErrorOf(ImageLookup found) =>
        found.Error ?? (UnusableNumbers.Are(found.Features!.Embedding) ? UnusableNumbers.OfItem : null);

    public async Task<CallOutcome<PartResult>> Captions(PartScope scope, CancellationToken cancellation)
    {
        var set = await sets.Input(scope, cancellation);
        var first = scope.Request.Part * JobShape.CaptionsPerPart;
        var some = Enumerable.Range(first, Math.Min(JobShape.CaptionsPerPart, set.Captions.Texts.Count - first)).ToArray();
        var encoded = await captions.Get(scope, set.Captions, some, cancellation);
        return !encoded.Ok ? encoded.As<PartResult>() : CallOutcomes.Done(new PartResult
        {
            Sections =
            [
                FloatBytes.From(encoded.Value.SelectMany(text => text.Embedding).ToArray()),
                .. CaptionFeatures.AreWritten(scope) ? encoded.Value.Select(CaptionFiles.ToSection) : [],
            ],
            Items = some.Length,
            Failed = encoded.Value.Count(text => UnusableNumbers.Are(text.Embedding)),
        });
    }
}
