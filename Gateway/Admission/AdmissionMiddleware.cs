using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Admission;

/// <summary>
/// Bounds the requests that do more than look: each may hold a body in memory, and work on a device. More than <see cref="GatewayOptions.MaxRequests"/> are
/// refused before their bodies are read, so that the memory of the process has a limit whatever is sent. Who only looks is not counted.
/// </summary>
sealed class AdmissionMiddleware(RequestDelegate next, GatewayOptions options)
{
    /// <summary>When to try again, in milliseconds: many requests end within it.</summary>
    const int RetryAfterMs = 500;

    int inside;

    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref inside) > options.MaxRequests)
                throw Problems.Full(options.MaxRequests, RetryAfterMs);
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref inside);
        }
    }
}
