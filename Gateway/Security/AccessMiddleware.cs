using System.Net;
using System.Security.Cryptography;
using System.Text;
using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;
using MplugCluster.Gateway.Page;

namespace MplugCluster.Gateway.Security;

/// <summary>
/// Who may ask. The Host header must name this server, so that a page in a browser cannot reach a loopback server through a name of its own
/// (DNS rebinding); and with a token set, everything but the health probes needs it.
/// </summary>
sealed class AccessMiddleware(RequestDelegate next, GatewayOptions options)
{
    static readonly string[] Open = ["/livez", "/readyz"];

    readonly byte[] expected = SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {options.Token}"));

    public Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host.Host;
        if (!IsOwn(host))
            throw Problems.ForeignHost(host);
        if (options.Token.Length > 0 && !Open.Contains(context.Request.Path.Value) && !PageFiles.Has(context.Request.Path) && !HasToken(context.Request))
            throw Problems.Unauthorized();
        return next(context);
    }

    bool IsOwn(string host) =>
        host == "localhost"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || !options.IsLoopback))
        || options.HostNames.Contains(host, StringComparer.OrdinalIgnoreCase);

    // Hashes of equal length, so that the comparison's time says nothing of either.
    bool HasToken(HttpRequest request) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString())), expected);
}
