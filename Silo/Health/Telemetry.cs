using MplugCluster.Grains.Inference;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MplugCluster.Silo.Health;

/// <summary>What a process tells of itself: measurements for Prometheus, and traces by OTLP where a collector is named.</summary>
public static class Telemetry
{
    /// <summary>OpenTelemetry's own setting of the collector's address; the exporter reads it and its neighbours too.</summary>
    public const string CollectorSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Requests by HTTP, calls between silos, and what they ask of others.</summary>
    static readonly string[] Sources = ["Microsoft.AspNetCore", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application", "System.Net.Http"];

    /// <summary>Collects what <see cref="Instruments"/> and the HTTP server measure; and sends traces where the configuration names a collector.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, string siloName)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("mplugcluster", serviceInstanceId: siloName))
            .WithMetrics(metrics => metrics.AddMeter(Instruments.MeterName, "Microsoft.AspNetCore.Hosting").AddPrometheusExporter());
        if (IsTraced(configuration))
            telemetry.WithTracing(traces => traces.AddSource(Sources).AddOtlpExporter());
        return services;
    }

    /// <summary>Calls between silos carry the trace they belong to.</summary>
    public static ISiloBuilder Traced(this ISiloBuilder silo, IConfiguration configuration) =>
        IsTraced(configuration) ? silo.AddActivityPropagation() : silo;

    /// <summary>Whether a collector is named.</summary>
    public static bool IsTraced(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[CollectorSetting]);
}
