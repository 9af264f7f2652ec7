using System.Diagnostics;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Models;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Model.Inference;
using MplugCluster.Model.Text;

namespace MplugCluster.Gateway.Search;

/// <summary>
/// A search, step by step; the README tells the same story with the same numbers.
/// <code>
/// (1) validate -> (2) embed the query -> (3) fan out to the shards -> (4) each shard's top-k by ITC similarity
///              -> (5) merge to k candidates -> (6) score them by picture, where its features are -> (7) order by ITM logit
/// </code>
/// </summary>
sealed class SearchPipeline(IGrainFactory grains, DeviceCalls devices, PictureInputs pictures, SiloModel model)
{
    readonly ShardFan shards = new(grains);

    public async Task<SearchResponse> Search(string name, SearchRequest request, StageTimes stages, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();

        // (1) The request, against the corpus as it is now.
        var described = await grains.Corpus(name).Describe(cancellation);
        Problems.ThrowIfFailed(described, name);
        var plan = SearchPlan.Of(described.Corpus!, request, model.Candidates);
        var deadline = Deadline.In(plan.BudgetMs).Logged(stages.Devices);

        // (2) The query's embedding: from the cache of the silo it belongs to, else from its device.
        var query = await Query.Prepare(request, plan, pictures, model, cancellation);
        var (embedding, tiers) = await Embed(query, deadline, cancellation);
        var embedMs = watch.Elapsed.TotalMilliseconds;

        // (3) Every shard is asked; (4) CorpusShardGrain finds its exact top-k; (5) the best of all are the candidates.
        var found = await shards.Search(plan.Query(embedding), deadline, cancellation);
        if (found.Status == CorpusStatus.NotFound)
            throw Problems.NoCorpus(name);
        var (best, answered, fault) = (found.Best[0], found.Answered, found.Fault);
        if (answered < plan.Corpus.Shards && !request.AllowPartial)
            throw Problems.ShardsMissing(answered, plan.Corpus.Shards, fault ?? "no reason given");
        var shardsMs = watch.Elapsed.TotalMilliseconds - embedMs;

        // (6) Candidates to the devices that hold their pictures' features.
        var candidates = best.Take(plan.Rerank).ToArray();
        var scores = await Rerank(candidates, query, deadline, cancellation);

        // (7) Reranked candidates by ITM logit, then the rest by ITC similarity; what is not good enough leaves.
        var ordered = Order(best, scores.Logits, scores.Errors).ToArray();
        var enough = plan.Cut.Apply(ordered);
        var results = enough.Take(plan.Top).Select((result, i) => result with { Rank = i + 1 }).ToArray();
        var total = watch.Elapsed.TotalMilliseconds;
        return new SearchResponse(
            results,
            candidates.Length,
            scores.Logits.Count(logits => logits is not null),
            answered,
            plan.Corpus.Shards,
            tiers + scores.Tiers,
            new SearchTimings(embedMs, shardsMs, total - embedMs - shardsMs, total),
            request.Explain ? Explain(plan, query, best.Length, ordered.Length - enough.Count, deadline) : null);
    }

    SearchExplanation Explain(SearchPlan plan, Query query, int found, int leftOut, Deadline deadline) => new(
        model.Fingerprint,
        plan.Corpus.Convention,
        query.TokenIds,
        ItemEndpoints.KindName(plan.Items),
        plan.Corpus.Version,
        plan.Depth,
        found,
        leftOut,
        plan.BudgetMs,
        Math.Max(0, deadline.RemainingMs));

    async Task<(float[] Embedding, FeatureCounts Tiers)> Embed(Query query, Deadline deadline, CancellationToken cancellation)
    {
        var encoded = query.Picture is null
            ? await devices.EncodeTexts(model.Fingerprint, [query.TokenIds!], deadline, cancellation)
            : await devices.EncodePictures(model.Fingerprint, query.ApplyOrientation, [query.Picture], deadline, cancellation);
        Problems.ThrowIfFailed(encoded.Reply);
        if (encoded.Errors[0] is { } error)
            throw Problems.BadPicture(error.Code, error.Reason);
        return (encoded.Embeddings[0]!, query.Picture is null ? new FeatureCounts(0, 0, 0) : encoded.Tiers.Counts());
    }

    /// <summary>Logits of the candidates, null where the time or the picture did not allow it.</summary>
    async Task<(ItmLogits?[] Logits, ApiError?[] Errors, FeatureCounts Tiers)> Rerank(
        ShardMatch[] candidates, Query query, Deadline deadline, CancellationToken cancellation)
    {
        if (candidates.Length == 0)
            return ([], [], new FeatureCounts(0, 0, 0));

        // A text meets many pictures, each a group of one; a picture meets many texts, all one group.
        PictureTexts[] groups = query.Picture is null
            ? [.. candidates.Select(candidate => new PictureTexts(candidate.Item.Picture!, [0]))]
            : [new PictureTexts(query.Picture, [.. Enumerable.Range(0, candidates.Length)])];
        int[][] texts = query.Picture is null
            ? [query.TokenIds!]
            : [.. candidates.Select(candidate => model.TokenIds(candidate.Item.Text!, query.Convention))];
        var scored = await devices.ScorePairs(model.Fingerprint, query.ApplyOrientation, groups, texts, deadline, cancellation);

        // Near its deadline a device refuses rather than begins; what was scored until then is an answer.
        var some = scored.ItmLogits.Any(group => group.Any(logits => logits is not null));
        if (scored.Reply.Status != CallStatus.TimedOut && !(scored.Reply.Status == CallStatus.Overloaded && some))
            Problems.ThrowIfFailed(scored.Reply);
        return query.Picture is null
            ? ([.. scored.ItmLogits.Select(group => group[0])], [.. scored.Errors.Select(error => error?.Answer())], scored.Tiers.Counts())
            : (scored.ItmLogits[0], [.. candidates.Select(_ => scored.Errors[0]?.Answer())], scored.Tiers.Counts());
    }

    static IEnumerable<SearchResult> Order(ShardMatch[] best, ItmLogits?[] logits, ApiError?[] errors) => best
        .Select((match, i) => Result(match, i, logits.ElementAtOrDefault(i), errors.ElementAtOrDefault(i)))
        .OrderBy(result => result.ItmLogit is null)
        .ThenByDescending(result => result.ItmLogit)
        .ThenBy(result => result.RankItc);

    static SearchResult Result(ShardMatch match, int place, ItmLogits? logits, ApiError? error) => new(
        Rank: 0,
        match.Item.Id,
        ItemEndpoints.KindName(match.Item.Kind),
        match.Item.Text,
        match.Item.Source,
        RankItc: place + 1,
        match.ItcSimilarity,
        logits?.Match,
        logits?.MatchProbability,
        error,
        ItemEndpoints.MetadataOf(match.Item),
        match.Item.Picture?.ContentHash);
}
