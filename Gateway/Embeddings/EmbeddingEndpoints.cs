using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
static class EmbeddingEndpoints
{
    public static IEndpointRouteBuilder MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/embeddings", (EmbeddingRequest request, EmbeddingPipeline pipeline, CancellationToken cancellation) =>
            pipeline.Embed(request, cancellation));
        return routes;
    }
}
