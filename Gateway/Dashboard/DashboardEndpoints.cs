using MplugCluster.Silo.Options;
using Orleans.Dashboard;

namespace MplugCluster.Gateway.Dashboard;

/// <summary>
/// Orleans' own dashboard, where <c>Mplug:Cluster:Dashboard</c> is set, and <c>POST /dashboard/session</c>, which takes a key and lets a browser in.
/// </summary>
static class DashboardEndpoints
{
    public static void MapDashboard(this WebApplication host)
    {
        if (!host.Services.GetRequiredService<MplugOptions>().Cluster.Dashboard)
            return;
        host.MapPost(DashboardDoor.SessionPath, Open).ExcludeFromDescription();
        host.MapOrleansDashboard(DashboardDoor.Path).ExcludeFromDescription();
    }

    static IResult Open(HttpContext context, DashboardSessions sessions)
    {
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
