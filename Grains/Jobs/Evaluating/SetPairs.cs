using System.Runtime.InteropServices;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>Scores the pairs of one range of pictures: each once, also when picture and caption are candidates of each other.</summary>
sealed class SetPairs(EvaluationSets sets, CaptionFeatures captions, PairWork pairs)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var set = await sets.Pictures(scope, cancellation);
        var union = await sets.Pairs(scope, scope.Request.Part, cancellation);
        var groups = union.GroupBy(pair => pair.Picture, pair => pair.Caption)
            .Select(group => new PictureTexts(set.Pictures[group.Key]!, [.. group])).ToArray();
        var part = PairPart.WithOwnTexts(groups, set.Captions.Texts);
        var scored = await Score(scope, set, part, cancellation);
        return !scored.Ok ? scored : CallOutcomes.Done(scored.Value with
        {
            Sections = [.. scored.Value.Sections!, MemoryMarshal.AsBytes<int>([.. union.SelectMany(pair => new[] { pair.Picture, pair.Caption })]).ToArray()],
        });
    }

    async Task<CallOutcome<PartResult>> Score(PartScope scope, EvaluationSet set, PairPart part, CancellationToken cancellation)
    {
        if (CaptionFeatures.AreWritten(scope) && await sets.CaptionFiles(scope, cancellation) is { } files)
        {
            var read = await files.Get(scope, part.Numbers!, cancellation);
            return await pairs.Score(scope, part.Groups, read, cancellation);
        }

        var encoded = await captions.Get(scope, set.Captions, part.Numbers!, cancellation);
        return !encoded.Ok
            ? encoded.As<PartResult>()
            : await pairs.Score(scope, part.Groups, encoded.Value, cancellation);
    }
}
