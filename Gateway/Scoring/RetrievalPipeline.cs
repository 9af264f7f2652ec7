using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Scoring;

/// <summary>Scores the pairs of one request: grouped by picture, each pair once, answered in the order asked.</summary>
sealed class RetrievalPipeline(DeviceCalls devices, PictureInputs pictures, SiloModel model)
{
    const int MaxPairs = 65_536;
    const int DefaultBudgetMs = 120_000;

    public async Task<RetrievalResponse> Score(RetrievalRequest request, StageTimes stages, CancellationToken cancellation)
    {
        if (request.Text is null == request.Question is null)
            throw Problems.InvalidRequest("The request needs either 'text' or 'question'.");
        var texts = (request.Text ?? request.Question)!;
        var pairs = Pairs(request.Pairs ?? PairSelection.All, request.Image.Values.Count, texts.Values.Count);
        var convention = model.ConventionOf(request.Convention);
        var resolved = await stages.Measure("pictures", pictures.Resolve(request.Image.Values, cancellation));
        var groups = pairs.Where(pair => resolved[pair.Image].Error is null).Distinct()
            .GroupBy(pair => pair.Image, pair => pair.Text).ToDictionary(group => group.Key, group => group.ToArray());
        var scored = await stages.Measure("devices", devices.ScorePairs(
            model.Fingerprint,
            convention.AppliesOrientation(),
            [.. groups.Select(group => new PictureTexts(resolved[group.Key].Picture!, group.Value))],
            [.. texts.Values.Select(text => model.TokenIds(text, convention))],
            Deadline.In(RequestBudget.Of(request.BudgetMs, DefaultBudgetMs)).Logged(stages.Devices),
            cancellation));
        Problems.ThrowIfFailed(scored.Reply);
        var answers = Answers(groups, scored);
        var results = pairs.Select(pair => resolved[pair.Image].Error is { } error ? Failed(pair, error) : answers[pair]).ToArray();
        return request.Image.Single && texts.Single ? Single(results[0], scored.Tiers.Counts()) : new RetrievalResponse
        {
            Data = results,
            Features = scored.Tiers.Counts(),
        };
    }

    static IReadOnlyList<(int Image, int Text)> Pairs(PairSelection selection, int images, int texts)
    {
        if (selection.Zip && images != texts)
            throw Problems.InvalidRequest($"'zip' pairs {images} images with {texts} texts; as many of both are needed.");
        var count = selection.List?.Count ?? (selection.Zip ? images : (long)images * texts);
        if (count is 0 or > MaxPairs)
            throw Problems.InvalidRequest($"The request makes {count} pairs; 1 to {MaxPairs} are allowed.");
        foreach (var (image, text) in selection.List ?? [])
        {
            if (image < 0 || image >= images || text < 0 || text >= texts)
                throw Problems.InvalidRequest($"The pair [{image}, {text}] is not among {images} images and {texts} texts.");
        }

        return selection.List
            ?? (selection.Zip
                ? [.. Enumerable.Range(0, images).Select(i => (i, i))]
                : [.. Enumerable.Range(0, images).SelectMany(image => Enumerable.Range(0, texts).Select(text => (image, text)))]);
    }

    static Dictionary<(int, int), ScoredPair> Answers(Dictionary<int, int[]> groups, ScoringResult scored)
    {
        var answers = new Dictionary<(int, int), ScoredPair>();
        foreach (var (number, (image, texts)) in groups.Index())
        {
            for (var i = 0; i < texts.Length; i++)
            {
                answers[(image, texts[i])] = scored.Errors[number] is { } error
                    ? Failed((image, texts[i]), error.Answer())
                    : Scored((image, texts[i]), scored.ItmLogits[number][i]!.Value, scored.ItcSimilarities[number][i]);
            }
        }

        return answers;
    }

    static ScoredPair Scored((int Image, int Text) pair, ItmLogits logits, float similarity) => new(
        pair.Image, pair.Text, [logits.NoMatchProbability, logits.MatchProbability], logits.Match, logits.MatchProbability, similarity);

    static ScoredPair Failed((int Image, int Text) pair, ApiError error) => new(pair.Image, pair.Text, null, null, null, null, error);

    static RetrievalResponse Single(ScoredPair pair, FeatureCounts features) => pair.Error is { } error
        ? throw Problems.OfPicture(error)
        : new RetrievalResponse { Scores = pair.Scores, ItmLogit = pair.ItmLogit, ItcSimilarity = pair.ItcSimilarity, Features = features };
}
