namespace MplugCluster.Silo.Health;

/// <summary>
/// <c>/livez</c>: the process answers, and a restart would not help it; <c>/healthz</c>: it answers. <c>/readyz</c>: work can be sent to it, or why not.
/// </summary>
public static class HealthEndpoints
{
    /// <summary>Maps them; they need no token.</summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/livez", (SiloHealth health) => health.Death is { } death
            ? Results.Json(new HealthAnswer("lost", [death]), statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new HealthAnswer("live")));
        routes.MapGet("/healthz", () => new HealthAnswer("live"));
        routes.MapGet("/readyz", (SiloHealth health) => health.Faults is { Count: > 0 } faults
            ? Results.Json(new HealthAnswer("not_ready", faults), statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new HealthAnswer("ready", [])));
        return routes;
    }
}
