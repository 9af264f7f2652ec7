using MplugCluster.Grains.Inference;
using OpenTelemetry.Metrics;

namespace MplugCluster.Silo.Health;

/// <summary><c>/metrics</c>: the silo's own measurements in the format of Prometheus.</summary>
public static class MetricsEndpoint
{
    /// <summary>Collects what <see cref="Instruments"/> measures.</summary>
    public static IServiceCollection AddMplugMetrics(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Instruments.MeterName).AddPrometheusExporter());
        return services;
    }

    /// <summary>Maps it.</summary>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint("/metrics");
        return routes;
    }
}
