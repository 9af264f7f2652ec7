using System.Text.Json;
using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Corpora;
using MplugCluster.Grains.Corpora.Filters;
using MplugCluster.Grains.Interfaces.Corpora;

namespace MplugCluster.Gateway.Search;

/// <summary>A search whose request has been found valid.</summary>
/// <param name="Corpus">The corpus as it is now.</param>
/// <param name="QueryKind">What the query is.</param>
/// <param name="Items">Items to look among.</param>
/// <param name="Top">Results wanted.</param>
/// <param name="Rerank">Candidates to rerank; 0 for none.</param>
/// <param name="BudgetMs">Time for all of it, in milliseconds.</param>
/// <param name="Filter">Condition on the items' metadata, as JSON; null: none.</param>
/// <param name="Cut">Which results are good enough.</param>
sealed record SearchPlan(
    CorpusDescription Corpus, ItemKind QueryKind, ItemKind Items, int Top, int Rerank, int BudgetMs, string? Filter, ResultCut Cut)
{
    const int MaxTop = 1000;
    const int MaxCandidates = 10_000;
    const int MaxBudgetMs = 110_000;
    const int DefaultBudgetMs = 30_000;

    /// <summary>Matches that the shards must find.</summary>
    public int Depth => Math.Max(Top, Rerank);

    /// <summary>The question to the shards.</summary>
    public CorpusQuery Query(float[] embedding) =>
        new() { Corpus = Corpus, Queries = embedding, Count = 1, Kind = Items, Filter = Filter, TopK = Depth };

    /// <summary>Looks at a request; ends it where it is not valid.</summary>
    public static SearchPlan Of(CorpusDescription corpus, SearchRequest request, int defaultCandidates)
    {
        if (request.Text is null == request.Image is null)
            throw Problems.InvalidRequest("A search needs either 'text' or 'image', not both.");
        Require(request.Top is >= 1 and <= MaxTop, "top", request.Top, MaxTop);
        Require(request.Candidates is null or (>= 1 and <= MaxCandidates), "candidates", request.Candidates ?? 0, MaxCandidates);
        Require(request.BudgetMs is null or (>= 1 and <= MaxBudgetMs), "budget_ms", request.BudgetMs ?? 0, MaxBudgetMs);
        if (request.Convention is { } asked && asked != corpus.Convention)
            throw Problems.ConventionMismatch(corpus.Name, corpus.Convention, asked);
        var query = request.Text is null ? ItemKind.Picture : ItemKind.Text;
        var items = Choose(corpus, request.Kind, query);
        if (request.Rerank == true && items == query)
            throw Problems.NothingToRerank(query == ItemKind.Picture ? "picture" : "text");
        var rerank = items == query || request.Rerank == false ? 0 : request.Candidates ?? Math.Clamp(defaultCandidates, 1, MaxCandidates);
        return new SearchPlan(
            corpus, query, items, request.Top, rerank, request.BudgetMs ?? DefaultBudgetMs, FilterOf(request.Filter), ResultCut.Of(request, rerank > 0));
    }

    /// <summary>A filter as the shards take it; ends the request where it is none.</summary>
    public static string? FilterOf(JsonElement? asked)
    {
        if (asked is not { } filter)
            return null;
        try
        {
            ItemFilter.Parse(filter.GetRawText());
            return filter.GetRawText();
        }
        catch (FormatException e)
        {
            throw Problems.InvalidRequest(e.Message);
        }
    }

    /// <summary>The items to look among: those asked for, or the other kind than the query where the corpus has it.</summary>
    public static ItemKind Choose(CorpusDescription corpus, string? asked, ItemKind query) => asked switch
    {
        "picture" => ItemKind.Picture,
        "text" => ItemKind.Text,
        null when query == ItemKind.Text => corpus.Pictures > 0 || corpus.Texts == 0 ? ItemKind.Picture : ItemKind.Text,
        null => corpus.Texts > 0 || corpus.Pictures == 0 ? ItemKind.Text : ItemKind.Picture,
        _ => throw Problems.InvalidRequest($"'{asked}' is not a kind of item; 'picture' and 'text' are."),
    };

    static void Require(bool holds, string name, int value, int most)
    {
        if (!holds)
            throw Problems.InvalidRequest($"'{name}' is {value}; 1 to {most} are allowed.");
    }
}
