using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Features;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Features;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs.Parts;
using MplugCluster.Model.Text;

namespace MplugCluster.Grains.Jobs.Ranking;

/// <summary>
/// Candidates of a block's queries in the version of the corpus that the job has pinned, and their pairs cut into parts by picture. An answer
/// without some shard is none: the part is tried again.
/// </summary>
sealed class CandidateSearch(ICorpora corpora, TextFeatureSource texts, ImageFeatureSource images, PictureHashes hashes, SiloModel model)
{
    public async Task<CallOutcome<PartResult>> Run(PartScope scope, CancellationToken cancellation)
    {
        var (plan, wishes) = (scope.Plan, scope.Plan.Rank!);
        var queries = await scope.ReadInput<JobQuery>(cancellation);
        var embedded = wishes.Queries == "text"
            ? await EmbedTexts(scope, queries, cancellation)
            : await EmbedPictures(scope, queries, cancellation);
        if (!embedded.Ok)
            return embedded.As<PartResult>();
        var usable = embedded.Value.Where(query => query.Embedding is not null).ToArray();
        var found = await Search(scope, usable, cancellation);
        if (found.Status is CorpusStatus.NotFound or CorpusStatus.Mismatch)
            return CallOutcomes.Done(new PartResult { Fatal = $"The version of corpus '{plan.Corpus}' that the job has pinned cannot be searched: {found.Fault}" });
        if (found.Status != CorpusStatus.Ok)
            return CallOutcomes.Failed<PartResult>(CallStatus.ModelUnavailable, $"A part of corpus '{plan.Corpus}' did not answer: {found.Fault}");

        var pairs = new PairCutter(plan.PairsPerPart, plan.PicturesPerPart);
        var numbering = new Dictionary<string, int>(StringComparer.Ordinal);
        var best = new Queue<ShardMatch[]>(found.Best);
        var ranked = embedded.Value.Select((query, number) =>
            Rank(query, number, query.Embedding is null ? [] : best.Dequeue(), wishes, pairs, numbering)).ToArray();
        var blockTexts = wishes.Queries == "text" ? [.. queries.Select(query => query.Text ?? "")] : numbering.Keys.ToArray();
        var parts = pairs.Parts();
        return CallOutcomes.Done(new PartResult
        {
            Sections = PairFiles.Sections(parts, blockTexts, shared: wishes.Queries == "text", ranked),
            Next = parts.Count,
            Items = queries.Count,
            Failed = ranked.Count(query => query.Error is not null),
        });
    }

    /// <summary>A query with its candidates; those to be reranked become pairs.</summary>
    static RankedQuery Rank(
        Embedded query, int number, ShardMatch[] matches, RankPlan wishes, PairCutter pairs, Dictionary<string, int> numbering)
    {
        // What an earlier version took into a corpus with numbers that are none stands at the end of every search, and is no candidate.
        var candidates = matches.Where(match => float.IsFinite(match.ItcSimilarity)).Select((match, place) => new RankCandidate(
            match.Item.Id, match.Item.Picture?.ContentHash, match.Item.Text, match.ItcSimilarity, place < wishes.Candidates ? Pair(match) : -1)).ToArray();
        return new RankedQuery(query.Id, query.Picture?.ContentHash, candidates, query.Error);

        int Pair(ShardMatch match)
        {
            var text = query.Picture is null ? number : Number(match.Item.Text!);
            pairs.Add(query.Picture ?? match.Item.Picture!, text);
            return text;
        }

        int Number(string text) => numbering.TryGetValue(text, out var there) ? there : numbering[text] = numbering.Count;
    }

    async Task<CorpusMatches> Search(PartScope scope, Embedded[] queries, CancellationToken cancellation)
    {
        var plan = scope.Plan;
        if (queries.Length == 0)
            return new CorpusMatches([], plan.Shards, CorpusStatus.Ok, null);
        using var searching = scope.Deadline.Begin(WorkActivity.Search);
        return await corpora.Search(
            new CorpusQuery
            {
                Corpus = new CorpusDescription(plan.Corpus!, plan.Fingerprint, plan.Convention, plan.CorpusVersion, 0, 0, plan.Shards, plan.CorpusId),
                Pin = JobPaths.PinOf(plan.Corpus!, plan.Id),
                Queries = [.. queries.SelectMany(query => query.Embedding!)],
                Count = queries.Length,
                Kind = plan.Rank!.Items == "text" ? ItemKind.Text : ItemKind.Picture,
                Filter = plan.Rank.Filter,
                TopK = Math.Max(plan.Rank.Top, plan.Rank.Candidates),
            },
            scope.Deadline,
            cancellation);
    }

    async Task<CallOutcome<Embedded[]>> EmbedTexts(PartScope scope, List<JobQuery> queries, CancellationToken cancellation)
    {
        // A line that is no query keeps its place: the texts are numbered by it.
        var encoded = await texts.GetTogether(
            [.. queries.Select(query => model.Tokenize(query.Text ?? "", scope.Convention))], scope.Device, scope.Deadline, cancellation);
        return encoded.Ok
            ? CallOutcomes.Done(queries.Zip(encoded.Value, (query, text) =>
                query.Error is null ? Embedded.Of(query.Id, null, text.Embedding) : new Embedded(query.Id, null, null, query.Error)).ToArray())
            : encoded.As<Embedded[]>();
    }

    async Task<CallOutcome<Embedded[]>> EmbedPictures(PartScope scope, List<JobQuery> queries, CancellationToken cancellation)
    {
        var embedded = new List<Embedded>();
        foreach (var (place, query) in queries.Index())
        {
            var resolved = (query.Error ?? scope.Untried(place)) is { } before
                ? new ResolvedPicture(null, null, before)
                : await hashes.Resolve(query.Picture!, scope.Deadline, cancellation);
            if (resolved.Picture is not { } picture)
            {
                embedded.Add(new Embedded(query.Id, null, null, resolved.Error));
                continue;
            }

            var image = await images.Get(
                picture, scope.Convention.AppliesOrientation(), scope.Device, scope.Deadline, cancellation, resolved.Content);
            if (!image.Ok)
                return image.As<Embedded[]>();
            embedded.Add(image.Value.Error is { } error
                ? new Embedded(query.Id, null, null, error)
                : Embedded.Of(query.Id, picture, image.Value.Features!.Embedding));
        }

        return CallOutcomes.Done(embedded.ToArray());
    }

    sealed record Embedded(string Id, PictureReference? Picture, float[]? Embedding, ItemError? Error)
    {
        public static Embedded Of(string id, PictureReference? picture, float[] embedding) =>
            UnusableNumbers.Are(embedding) ? new(id, null, null, UnusableNumbers.OfItem) : new(id, picture, embedding, null);
    }
}
