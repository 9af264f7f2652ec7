using System.Runtime.InteropServices;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Evaluation;
using MplugCluster.Model.Inference;

namespace MplugCluster.Grains.Jobs.Evaluating;

/// <summary>The metrics of the set, from the candidates and the logits of their pairs.</summary>
sealed class SetMetrics(EvaluationSets sets)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var (logits, failed) = await ReadLogits(scope, cancellation);
        var set = (await sets.Usable(scope, cancellation)).Without(failed);
        var (pictures, captions) = (set.UsablePictures, set.UsableCaptions);
        var errors = set.Errors.Index().Where(error => error.Item is not null)
            .Select(error => ErrorLine.Of(set.Annotations[error.Index].Image, error.Item!)).ToArray();
        if (pictures.Length == 0 || captions.Length == 0)
            return CallOutcomes.Done(new PartResult { Fatal = $"Pictures with captions: {set.Annotations.Count}, none of which can be used ({errors.FirstOrDefault()?.Reason})." });

        var (pictureAt, captionAt) = (Places(pictures), Places(captions));
        var annotations = RetrievalAnnotations.Of(pictures.Select(picture => (
            set.Annotations[picture].Image, (IReadOnlyList<string>)set.Annotations[picture].Captions)));
        var (ofPictures, ofCaptions) = await ReadCandidates(scope, cancellation);
        var evaluation = new RetrievalEvaluation(
            annotations,
            [.. pictures.Select(picture => ofPictures[picture].Where(captionAt.ContainsKey).Select(caption => captionAt[caption]).ToArray())],
            [.. captions.Select(caption => ofCaptions[caption].Where(pictureAt.ContainsKey).Select(picture => pictureAt[picture]).ToArray())]);
        foreach (var (picture, caption, logit) in logits.SelectMany(part => part))
        {
            if (pictureAt.TryGetValue(picture, out var image) && captionAt.TryGetValue(caption, out var text))
                evaluation.Add(image, text, logit);
        }

        var pairs = evaluation.Pairs.Sum(of => (long)of.Length);
        var (reranked, byItc) = (evaluation.RerankedRanks(), evaluation.ItcRanks());
        var resamples = scope.Plan.Evaluate!.Resamples;
        MetricRow[] rows =
        [
            .. Rows("txt", reranked.OfPictures, resamples), .. Rows("img", reranked.OfCaptions, resamples),
            new("both", "r_mean", evaluation.Reranked().Mean),
            .. Rows("txt_itc", byItc.OfPictures, resamples), .. Rows("img_itc", byItc.OfCaptions, resamples),
            new("both_itc", "r_mean", evaluation.ByItc().Mean),
            new("set", "pictures", pictures.Length), new("set", "captions", captions.Length),
            new("set", "excluded", set.Annotations.Count - pictures.Length), new("set", "pairs", pairs),
        ];
        return CallOutcomes.Done(new PartResult { Rows = JsonLines.Of(rows), Errors = errors, Items = set.Annotations.Count, Failed = errors.Length });
    }

    static IEnumerable<MetricRow> Rows(string direction, IReadOnlyList<int[]> ranks, int resamples) => RankingMetrics.Of(ranks, resamples)
        .Select(metric => new MetricRow(direction, metric.Name, metric.Value, metric.Low, metric.High));

    static Dictionary<int, int> Places(int[] numbers) => numbers.Index().ToDictionary(number => number.Item, number => number.Index);

    static async Task<(Dictionary<int, int[]> OfPictures, Dictionary<int, int[]> OfCaptions)> ReadCandidates(PartScope scope, CancellationToken cancellation)
    {
        var (ofPictures, ofCaptions) = (new Dictionary<int, int[]>(), new Dictionary<int, int[]>());
        var shape = new JobShape(scope.Plan, scope.Input!);
        var pictureParts = (scope.Input!.Items + JobShape.QueriesPerPart - 1) / JobShape.QueriesPerPart;
        var found = await PartReads.All(shape.PartsOf(0, 2)!.Value, async (part, token) =>
        {
            var file = await scope.ReadPart(2, part, token);
            return JobJson.Read<SetQuery[]>(await file.Section(scope.Store, scope.PathOf(2, part), file.Sections - 1, token));
        }, cancellation);
        foreach (var (part, queries) in found.Index())
        {
            foreach (var query in queries)
                (part < pictureParts ? ofPictures : ofCaptions)[query.Number] = query.Candidates;
        }

        return (ofPictures, ofCaptions);
    }

    /// <summary>The logits of all pairs, and the pictures that could not be read any more when they were scored: they leave the set.</summary>
    static async Task<((int Picture, int Caption, float Logit)[][] Logits, Dictionary<int, ItemError> Failed)> ReadLogits(
        PartScope scope, CancellationToken cancellation)
    {
        var failed = new Dictionary<int, ItemError>();
        var logits = await PartReads.All(new JobShape(scope.Plan, scope.Input!).PartsOf(0, 3)!.Value, async (part, token) =>
        {
            var file = await scope.ReadPart(3, part, token);
            var path = scope.PathOf(3, part);
            var itm = FloatBytes.ToFloats(await file.Section(scope.Store, path, 0, token)).ToArray();
            var errors = JobJson.Read<ItemError?[]>(await file.Section(scope.Store, path, 2, token));
            var pairs = MemoryMarshal.Cast<byte, int>(await file.Section(scope.Store, path, 3, token)).ToArray();
            var pictures = Enumerable.Range(0, pairs.Length / 2).Select(i => pairs[2 * i]).Distinct().ToArray();
            lock (failed)
            {
                foreach (var (place, error) in errors.Index().Where(error => error.Item is not null))
                    failed[pictures[place]] = error!;
                foreach (var i in Enumerable.Range(0, pairs.Length / 2).Where(i => UnusableNumbers.Are(new ItmLogits(itm[2 * i], itm[2 * i + 1]))))
                    failed.TryAdd(pairs[2 * i], UnusableNumbers.OfPair);
            }

            return Enumerable.Range(0, pairs.Length / 2).Select(i => (pairs[2 * i], pairs[2 * i + 1], itm[2 * i + 1])).ToArray();
        }, cancellation);
        return (logits, failed);
    }
}
