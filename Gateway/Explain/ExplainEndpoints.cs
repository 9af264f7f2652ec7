using MplugCluster.Gateway.Api;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Explain;

/// <summary><c>POST /v1/explain</c>.</summary>
static class ExplainEndpoints
{
    public static IEndpointRouteBuilder MapExplain(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/explain", (ExplanationQuery query, ExplanationPipeline pipeline, HttpContext context, CancellationToken cancellation) =>
            pipeline.Explain(query, StageTimes.Of(context), cancellation));
        return routes;
    }
}
