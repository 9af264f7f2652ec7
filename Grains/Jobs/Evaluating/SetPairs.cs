using System.Diagnostics;
using System.Runtime.InteropServices;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>Scores the pairs of one range of pictures: each once, also when picture and caption are candidates of each other.</summary>
sealed class SetPairs(PairWork pairs)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var set = await EvaluationSet.Read(scope, cancellation);
        var union = await Union(scope, cancellation);
        var groups = union.GroupBy(pair => pair.Picture, pair => pair.Caption)
            .Select(group => new PictureTexts(set.Pictures[group.Key]!, [.. group])).ToArray();
        var part = PairPart.WithOwnTexts(groups, set.Captions);
        var scored = await pairs.Score(scope, part.Groups, part.Texts!, new WorkTimes(Write: watch.Elapsed.TotalMilliseconds), cancellation);
        return !scored.Ok ? scored : CallOutcomes.Done(scored.Value with
        {
            Sections = [.. scored.Value.Sections!, MemoryMarshal.AsBytes<int>([.. union.SelectMany(pair => new[] { pair.Picture, pair.Caption })]).ToArray()],
        });
    }

    /// <summary>The range's pairs by picture, then caption.</summary>
    static async Task<SortedSet<(int Picture, int Caption)>> Union(PartScope scope, CancellationToken cancellation)
    {
        var union = new SortedSet<(int, int)>();
        for (var part = 0; part < new JobShape(scope.Plan, scope.Input!).PartsOf(0, 2); part++)
        {
            var file = await scope.ReadPart(2, part, cancellation);
            var numbers = MemoryMarshal.Cast<byte, int>(await file.Section(scope.Store, scope.PathOf(2, part), scope.Request.Part, cancellation)).ToArray();
            for (var i = 0; i < numbers.Length; i += 2)
                union.Add((numbers[i], numbers[i + 1]));
        }

        return union;
    }
}
