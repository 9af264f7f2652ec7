using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Jobs.Parts;

namespace MplugCluster.Grains.Jobs.Scoring;

/// <summary>Parts of a score job: a block's pictures by content, then its pairs grouped by picture, then its rows in the order of the input.</summary>
sealed class ScoreWork(InputReading input, PictureHashes hashes, PairWork pairs) : IJobWork
{
    public Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation) => (scope.Block, scope.Request.Stage) switch
    {
        ( < 0, _) => input.Run(scope, cancellation),
        (_, 0) => Resolve(scope, cancellation),
        (_, 1) => pairs.Run(scope, cancellation),
        _ => Merge(scope, cancellation),
    };

    async Task<CallOutcome<PartResult>> Resolve(PartScope scope, CancellationToken cancellation)
    {
        var lines = await scope.ReadInput<JobPair>(cancellation);
        var resolved = await hashes.Resolve([.. lines.Select(line => line.Error is null ? line.Picture : null)], keepsContent: false, scope.Deadline, cancellation);
        var cutter = new PairCutter(scope.Plan.PairsPerPart, scope.Plan.PicturesPerPart);
        var numbering = new Dictionary<string, int>(StringComparer.Ordinal);
        var places = lines.Zip(resolved, Place).ToArray();
        var parts = cutter.Parts();
        return CallOutcomes.Done(new PartResult
        {
            Sections = PairFiles.Sections(parts, [.. numbering.Keys], shared: false, places),
            Next = parts.Count,
            Items = lines.Count,
            Failed = places.Count(place => place.Error is not null),
        });

        ScorePlace Place(JobPair line, ResolvedPicture? found)
        {
            if ((line.Error ?? found!.Error) is { } error)
                return new ScorePlace(line.Id, line.Image, line.Text, null, -1, error);
            if (!numbering.TryGetValue(line.Text!, out var text))
                numbering[line.Text!] = text = numbering.Count;
            cutter.Add(found!.Picture!, text);
            return new ScorePlace(line.Id, line.Image, line.Text, found.Picture!.ContentHash, text, null);
        }
    }

    static async Task<CallOutcome<PartResult>> Merge(PartScope scope, CancellationToken cancellation)
    {
        var (places, numbers) = await PairFiles.Read<ScorePlace[]>(scope, cancellation);
        var (rows, errors) = (new List<ScoreRow>(), new List<ErrorLine>());
        foreach (var place in places)
        {
            var (found, error) = place.Error is { } before ? (null, before) : numbers.Of(place.ContentHash!, place.TextNumber);
            if (found is not { } pair)
                errors.Add(ErrorLine.Of(place.Id, error!));
            else if (!(pair.Logits.MatchProbability < scope.Plan.Score!.MinProbability))
                rows.Add(new ScoreRow(place.Id, place.Image, place.Text, pair.Logits.Match, pair.Logits.MatchProbability, pair.ItcSimilarity));
        }

        return CallOutcomes.Done(new PartResult { Rows = JsonLines.Of(rows), Errors = errors, Items = places.Length, Failed = errors.Count });
    }
}
