namespace MplugCluster.Silo.Health;

/// <summary><c>/livez</c>: the process answers. <c>/readyz</c>: work can be sent to it, or why not.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps both; they need no token.</summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/livez", () => Results.Json(new { status = "live" }));
        routes.MapGet("/readyz", (SiloHealth health) => health.Faults is { Count: > 0 } faults
            ? Results.Json(new { status = "not_ready", faults }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ready", faults = Array.Empty<string>() }));
        return routes;
    }
}
