using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Caches;

/// <summary><c>GET /v1/cache</c> and <c>POST /v1/cache/clear</c>.</summary>
static class CacheEndpoints
{
    public static IEndpointRouteBuilder MapCaches(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cache", (CacheKeeper keeper, CancellationToken cancellation) => keeper.Show(cancellation));
        routes.MapPost("/cache/clear", (CacheClearing request, CacheKeeper keeper, CancellationToken cancellation) => keeper.Clear(request, cancellation));
        return routes;
    }
}
