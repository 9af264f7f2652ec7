using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Search;

/// <summary><c>POST /v1/corpora/{name}/search</c>.</summary>
static class SearchEndpoints
{
    public static IEndpointRouteBuilder MapSearch(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/corpora/{name}/search", (string name, SearchRequest request, SearchPipeline pipeline, CancellationToken cancellation) =>
            pipeline.Search(name, request, cancellation));
        return routes;
    }
}
