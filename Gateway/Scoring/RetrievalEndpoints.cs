using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Scoring;

/// <summary><c>POST /v1/image-text-retrieval</c>.</summary>
static class RetrievalEndpoints
{
    public static IEndpointRouteBuilder MapRetrieval(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/image-text-retrieval", (RetrievalRequest request, RetrievalPipeline pipeline, HttpContext context, CancellationToken cancellation) =>
            pipeline.Score(request, StageTimes.Of(context), cancellation));
        return routes;
    }
}
