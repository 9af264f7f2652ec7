using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Errors;

namespace MplugCluster.Gateway.Search;

/// <summary>Which results are good enough.</summary>
/// <param name="MinProbability">Least ITM probability; null: any, or none.</param>
/// <param name="Relative">Least share of the best result's number; null: any.</param>
sealed record ResultCut(double? MinProbability, double? Relative)
{
    /// <summary>Looks at a request; ends it where its cut is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isReranked">Whether results have an ITM probability.</param>
    public static ResultCut Of(SearchRequest request, bool isReranked)
    {
        Require("min_probability", request.MinProbability);
        Require("relative_cutoff", request.RelativeCutoff);
        if (request.MinProbability is not null && !isReranked)
            throw Problems.InvalidRequest("'min_probability' is about the ITM probability, and this search reranks nothing; use 'relative_cutoff'.");
        return new ResultCut(request.MinProbability, request.RelativeCutoff);
    }

    /// <summary>The results that stay, in their order, which is best first.</summary>
    public IReadOnlyList<SearchResult> Apply(IReadOnlyList<SearchResult> results)
    {
        if (results.Count == 0)
            return results;

        // Where the best one has a probability, those without any were not found worth reranking.
        var byProbability = results[0].ItmProbability is not null;

        // In the precision of the numbers themselves, so that a share of 1 keeps the best one.
        var least = (float)((Relative ?? 0) * (byProbability ? results[0].ItmProbability!.Value : results[0].ItcSimilarity));
        return [.. results.Where(result =>
            (MinProbability is not { } minimum || result.ItmProbability >= (float)minimum)
            && (Relative is null || (byProbability ? result.ItmProbability >= least : result.ItcSimilarity >= least)))];
    }

    static void Require(string name, double? value)
    {
        if (value is < 0 or > 1 or double.NaN)
            throw Problems.InvalidRequest(FormattableString.Invariant($"'{name}' is {value}; 0 to 1 are allowed."));
    }
}
