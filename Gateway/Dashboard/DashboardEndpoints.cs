using MplugCluster.Gateway.Errors;
using MplugCluster.Silo.Options;
using Orleans.Dashboard;

namespace MplugCluster.Gateway.Dashboard;

/// <summary>Orleans' own dashboard, where <c>Mplug:Cluster:Dashboard</c> is set, and <c>POST /v1/dashboard/session</c> that lets a browser in.</summary>
static class DashboardEndpoints
{
    public static IEndpointRouteBuilder MapDashboardSession(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/dashboard/session", Open).ExcludeFromDescription();
        return routes;
    }

    /// <summary>The dashboard itself.</summary>
    public static void MapDashboard(this WebApplication host)
    {
        if (host.Services.GetRequiredService<MplugOptions>().Cluster.Dashboard)
            host.MapOrleansDashboard(DashboardDoor.Path).ExcludeFromDescription();
    }

    static IResult Open(HttpContext context, MplugOptions options, DashboardSessions sessions)
    {
        if (!options.Cluster.Dashboard)
            throw Problems.NoRoute(context.Request.Path);
        context.Response.Cookies.Append(DashboardDoor.Cookie, sessions.Open(context.Request.Headers.Authorization.ToString()), new CookieOptions
        {
            Path = DashboardDoor.Path,
            HttpOnly = true,
            Secure = context.Request.IsHttps,
            SameSite = SameSiteMode.Strict,
            MaxAge = DashboardSessions.Lifetime,
        });
        return Results.NoContent();
    }
}
