using System.Globalization;
using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Blobs;
using MplugCluster.Gateway.Corpora;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Models;
using MplugCluster.Gateway.Search;
using MplugCluster.Grains.Inference;
using MplugCluster.Grains.Interfaces.Corpora;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Planning;

namespace MplugCluster.Gateway.Jobs;

/// <summary>Rank jobs.</summary>
sealed class RankDrafts(JobCorpora corpora, JobPictures pictures, SiloModel model)
{
    const int DefaultTop = 10, MaxTop = 1000, MaxCandidates = 10_000, MaxIdLength = 1024;

    /// <summary>Queries of an input that has not been read: what is derived from them depends on candidates alone.</summary>
    const int SomeQueries = 1000;

    /// <summary>Looks at a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isPlan">Whether the number of the queries is enough.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<JobDraft> Read(JobRequest request, bool isPlan, CancellationToken cancellation)
    {
        if (request.Queries is null == request.Input is null)
            throw Problems.InvalidRequest("A rank job needs either 'queries' or 'input'.");
        if (request.Queries is { List: null } && !isPlan)
            throw Problems.InvalidRequest("A rank job needs the queries themselves; their number is enough only for a plan.");
        if (request.Queries?.Count <= 0)
            throw Problems.InvalidRequest($"There are {request.Queries.Count} queries; at least 1 is needed.");
        JobMembers.Require("top", request.Top ?? DefaultTop, 1, MaxTop);
        JobMembers.Require("candidates", request.Candidates ?? 1, 1, MaxCandidates);
        var filter = SearchPlan.FilterOf(request.Filter);
        var corpus = await corpora.Require(request.Corpus, request.Convention, cancellation);
        var queryKind = QueryKind(request);
        var items = SearchPlan.Choose(corpus, request.KindOfItems, queryKind);
        if (request.Rerank == true && items == queryKind)
            throw Problems.NothingToRerank(ItemEndpoints.KindName(items));
        var candidates = items == queryKind || request.Rerank == false ? 0
            : request.Candidates ?? Math.Clamp(model.Candidates, 1, MaxCandidates);
        var count = request.Queries?.Count ?? SomeQueries;
        return new JobDraft
        {
            Kind = JobKind.Rank,
            Corpus = corpus.Name,
            CorpusId = corpus.Id,
            Convention = corpus.Convention,
            Input = request.Input is null ? null : JobSources.InputOf(request.Input, "jsonl", "csv", "parquet", "txt"),
            Items = request.Queries?.List is { } queries ? new JobInputItems { Queries = await Queries(queries, cancellation) } : null,
            Rank = new RankPlan(
                request.Top ?? DefaultTop,
                candidates,
                ItemEndpoints.KindName(items),
                ItemEndpoints.KindName(queryKind),
                filter),
            Load = queryKind == ItemKind.Text
                ? JobLoad.RankPictures(items == ItemKind.Picture ? corpus.Pictures : 0, count, candidates, request.Top ?? DefaultTop)
                : JobLoad.RankTexts(items == ItemKind.Text ? corpus.Texts : 0, count, candidates, request.Top ?? DefaultTop),
        };
    }

    static ItemKind QueryKind(JobRequest request)
    {
        if (request.Queries?.List is not { } queries)
        {
            return request.KindOfQueries switch
            {
                null or "text" => ItemKind.Text,
                "picture" => ItemKind.Picture,
                _ => throw Problems.InvalidRequest($"'{request.KindOfQueries}' is not a kind of query; 'picture' and 'text' are."),
            };
        }

        if (request.KindOfQueries is not null)
            throw Problems.InvalidRequest("'kind_of_queries' belongs to 'input'; queries that are sent along say themselves what they are.");
        var images = queries.Count(query => query.Image is not null);
        if (images > 0 && images < queries.Count)
            throw Problems.InvalidRequest($"{images} of {queries.Count} queries are pictures; the queries of a job are all texts or all pictures.");
        return images > 0 ? ItemKind.Picture : ItemKind.Text;
    }

    async Task<JobQuery[]> Queries(IReadOnlyList<JobQueryInput> inputs, CancellationToken cancellation)
    {
        PictureInputs.ThrowIfTooManyUrls(inputs.Select(input => input.Image?.Picture));
        var queries = new JobQuery[inputs.Count];
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < queries.Length; i++)
        {
            var input = inputs[i];
            var id = input.Id ?? (i + 1).ToString(CultureInfo.InvariantCulture);
            var place = $"Query {i + 1} ('{id}')";
            var fault = id.Length is 0 or > MaxIdLength ? $"its id has {id.Length} characters, 1 to {MaxIdLength} are allowed"
                : input.Text is null == input.Image is null ? "it needs either a text or an image"
                : input.Text?.Length > ServedModelExtensions.MaxTextLength
                    ? $"its text has {input.Text.Length} characters, at most {ServedModelExtensions.MaxTextLength} are allowed"
                : !ids.Add(id) ? "another query has the same id"
                : null;
            if (fault is not null)
                throw Problems.InvalidRequest($"{place}: {fault}.");
            queries[i] = new JobQuery(id, input.Text, input.Image is null ? null : await pictures.Require(input.Image, place, cancellation));
        }

        return queries;
    }
}
