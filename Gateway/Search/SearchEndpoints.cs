using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Search;

/// <summary><c>POST /v1/corpora/{name}/search</c>.</summary>
static class SearchEndpoints
{
    public static IEndpointRouteBuilder MapSearch(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/corpora/{name}/search", Search);
        return routes;
    }

    static async Task<SearchResponse> Search(
        string name, SearchRequest request, SearchPipeline pipeline, HttpContext context, CancellationToken cancellation)
    {
        var stages = StageTimes.Of(context);
        var answer = await pipeline.Search(name, request, stages, cancellation);
        stages.Add("embed", answer.TimingsMs.Embed);
        stages.Add("shards", answer.TimingsMs.Shards);
        stages.Add("rerank", answer.TimingsMs.Rerank);
        return answer;
    }
}
