using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Scoring;

/// <summary><c>POST /v1/image-text-retrieval</c>.</summary>
static class RetrievalEndpoints
{
    public static IEndpointRouteBuilder MapRetrieval(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/image-text-retrieval", (RetrievalRequest request, RetrievalPipeline pipeline, CancellationToken cancellation) =>
            pipeline.Score(request, cancellation));
        return routes;
    }
}
