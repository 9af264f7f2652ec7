namespace MplugCluster.Silo.Health;

/// <summary><c>/metrics</c>: the silo's own measurements in the format of Prometheus.</summary>
public static class MetricsEndpoint
{
    /// <summary>Maps it.</summary>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint("/metrics");
        return routes;
    }
}
