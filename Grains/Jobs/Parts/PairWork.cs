using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Jobs.Parts;

/// <summary>Scores the pairs of one part on one device; rank, score and evaluate jobs share it.</summary>
sealed class PairWork(PairScorer scorer, TextFeatureSource texts, SiloModel model)
{
    /// <summary>
    /// The part's pairs stand in the section of its number in the file of the block's first part; texts that all parts share in the section
    /// behind the last of them.
    /// </summary>
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var path = scope.PathOf(0, 0);
        var file = await scope.ReadPart(0, 0, cancellation);
        var part = JobJson.Read<PairPart>(await file.Section(scope.Store, path, scope.Request.Part, cancellation));
        var shared = part.Texts ?? JobJson.Read<string[]>(await file.Section(scope.Store, path, file.Next, cancellation));
        return await Score(scope, part.Groups, shared, cancellation);
    }

    /// <summary>Scores groups of pairs against captions, which are encoded together first.</summary>
    public async Task<CallOutcome<PartResult>> Score(
        PartScope scope, PictureTexts[] groups, string[] captions, CancellationToken cancellation)
    {
        var encoded = await texts.GetTogether(
            [.. captions.Select(caption => model.Tokenize(caption, scope.Convention))], scope.Device, scope.Deadline, cancellation);
        if (!encoded.Ok)
            return encoded.As<PartResult>();
        return await Score(scope, groups, encoded.Value, cancellation);
    }

    /// <summary>Scores groups of pairs against texts whose features are at hand; pictures that must not be touched get their error.</summary>
    public async Task<CallOutcome<PartResult>> Score(
        PartScope scope, PictureTexts[] groups, TextFeatures[] encoded, CancellationToken cancellation)
    {
        var tried = groups.Index().Where(group => scope.IsTried(group.Index)).ToArray();
        var scored = await scorer.Score(
            [.. tried.Select(group => group.Item)], scope.Convention.AppliesOrientation(), encoded, scope.Device, scope.Deadline, cancellation);
        if (!scored.Ok)
            return scored.As<PartResult>();
        var all = scope.Request.Poisoned.Length == 0 ? scored.Value : Spread(groups, scope, scored.Value);
        return CallOutcomes.Done(new PartResult
        {
            Sections = PairNumbers.ToSections(all),
            Items = groups.Length,
            Failed = all.Errors.Count(error => error is not null),
            Tiers = scored.Value.Tiers,
        });
    }

    /// <summary>Puts the numbers of the groups that were tried where they belong among all of them.</summary>
    static ScoredGroups Spread(PictureTexts[] groups, PartScope scope, ScoredGroups scored)
    {
        var (logits, similarities, errors) = (new List<float>(), new List<float>(), new List<ItemError?>());
        var (at, number) = (0, 0);
        foreach (var (place, group) in groups.Index())
        {
            var tried = scope.IsTried(place);
            errors.Add(tried ? scored.Errors[number++] : PartScope.Poisoned);
            logits.AddRange(tried ? scored.ItmLogits.AsSpan(2 * at, 2 * group.Texts.Length) : new float[2 * group.Texts.Length]);
            similarities.AddRange(tried ? scored.ItcSimilarities.AsSpan(at, group.Texts.Length) : new float[group.Texts.Length]);
            at += tried ? group.Texts.Length : 0;
        }

        return scored with { ItmLogits = [.. logits], ItcSimilarities = [.. similarities], Errors = [.. errors] };
    }
}
