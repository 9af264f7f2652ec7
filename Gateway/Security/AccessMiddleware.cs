using System.Net;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Security;

/// <summary>
/// Who may ask. The Host header must name this server, so that a page in a browser cannot reach a loopback server through a name of its own
/// (DNS rebinding); and where there are keys, everything but what <see cref="AccessRules"/> calls public needs one. Stands behind the routing, whose
/// patterns the rules are about.
/// </summary>
sealed class AccessMiddleware(RequestDelegate next, GatewayOptions options, AccessKeys keys)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwn(request.Host.Host))
            throw Problems.ForeignHost(request.Host.Host);
        if (keys.None || AccessRules.IsPublic(request.Path))
            return next(context);
        var given = request.Headers.Authorization.ToString();
        var right = keys.RightOf(given) ?? throw Problems.Unauthorized(given.Length > 0);
        var needed = AccessRules.Needed(request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText, request.Path);
        return right >= needed ? next(context) : throw Problems.Forbidden(right, needed);
    }

    bool IsOwn(string host) =>
        host == "localhost"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || !options.IsLoopback))
        || options.HostNames.Contains(host, StringComparer.OrdinalIgnoreCase);
}
