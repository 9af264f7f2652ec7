using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
static class EmbeddingEndpoints
{
    public static IEndpointRouteBuilder MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/embeddings", (EmbeddingRequest request, EmbeddingPipeline pipeline, HttpContext context, CancellationToken cancellation) =>
            pipeline.Embed(request, StageTimes.Of(context), cancellation));
        return routes;
    }
}
