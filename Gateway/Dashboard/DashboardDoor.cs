namespace MplugCluster.Gateway.Dashboard;

/// <summary>
/// Stands before the check of keys: of a request for the dashboard, and of no other, a known number in the cookie becomes the key it stands for.
/// </summary>
sealed class DashboardDoor(RequestDelegate next, DashboardSessions sessions)
{
    /// <summary>Where the dashboard is.</summary>
    public const string Path = "/dashboard";

    /// <summary>Where a key is exchanged for a number; a number is not exchanged for another.</summary>
    public const string SessionPath = $"{Path}/session";

    /// <summary>Cookie of the number.</summary>
    public const string Cookie = "mplug-dashboard";

    /// <summary>Its scripts come from here; styles and a few pictures it makes as it runs. Nothing may be fetched from elsewhere.</summary>
    const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments(Path))
        {
            context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            if (!context.Request.Path.StartsWithSegments(SessionPath)
                && context.Request.Headers.Authorization.Count == 0
                && context.Request.Cookies[Cookie] is { } id && sessions.AuthorizationOf(id) is { } authorization)
            {
                context.Request.Headers.Authorization = authorization;
            }
        }

        return next(context);
    }
}
