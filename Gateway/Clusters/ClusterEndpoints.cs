namespace MplugCluster.Gateway.Clusters;

/// <summary><c>GET /v1/cluster</c>.</summary>
static class ClusterEndpoints
{
    public static IEndpointRouteBuilder MapCluster(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cluster", (ClusterView view, CancellationToken cancellation) => view.Look(cancellation));
        return routes;
    }
}
