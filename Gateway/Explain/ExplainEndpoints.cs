using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Explain;

/// <summary><c>POST /v1/explain</c>.</summary>
static class ExplainEndpoints
{
    public static IEndpointRouteBuilder MapExplain(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/explain", (ExplanationQuery query, ExplanationPipeline pipeline, CancellationToken cancellation) =>
            pipeline.Explain(query, cancellation));
        return routes;
    }
}
