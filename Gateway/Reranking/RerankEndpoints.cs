using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Reranking;

/// <summary><c>POST /v1/rerank</c>, and <c>/v2/rerank</c>, where Cohere's newer clients ask.</summary>
static class RerankEndpoints
{
    public static IEndpointRouteBuilder MapRerank(this IEndpointRouteBuilder routes, string version)
    {
        routes.MapPost("/rerank", (RerankRequest request, RerankPipeline pipeline, HttpContext context, CancellationToken cancellation) =>
            pipeline.Rank(request, context.TraceIdentifier, version, StageTimes.Of(context), cancellation));
        return routes;
    }
}
