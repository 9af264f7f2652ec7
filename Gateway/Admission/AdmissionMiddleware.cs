using MplugCluster.Gateway.Errors;
using MplugCluster.Gateway.Hosting;

namespace MplugCluster.Gateway.Admission;

/// <summary>
/// Bounds the requests that do more than look: each may hold a body in memory, and work on a device. More than <see cref="GatewayOptions.MaxRequests"/> are
/// refused before their bodies are read, so that the memory of the process has a limit whatever is sent. Who only looks is not counted, but for
/// pictures, which are in memory until the last byte is sent, and events, which last as long as a job: each kind has a limit of its own.
/// </summary>
sealed class AdmissionMiddleware(RequestDelegate next, GatewayOptions options)
{
    /// <summary>When to try again, in milliseconds: many requests end within it.</summary>
    const int RetryAfterMs = 500;

    /// <summary>Streams of events for each request that may work: a stream holds little, but asks again and again.</summary>
    const int EventsPerRequest = 8;

    readonly Gate work = new(options.MaxRequests), pictures = new(options.MaxRequests), events = new(EventsPerRequest * options.MaxRequests);

    public async Task InvokeAsync(HttpContext context)
    {
        if (GateOf(context) is not { } gate)
        {
            await next(context);
            return;
        }

        try
        {
            if (!gate.Enter())
                throw Problems.Full(gate.Most, RetryAfterMs);
            await next(context);
        }
        finally
        {
            gate.Leave();
        }
    }

    Gate? GateOf(HttpContext context) => !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) ? work
        : (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText switch
        {
            { } pattern when pattern.EndsWith("/picture", StringComparison.Ordinal) || pattern.EndsWith("/thumbnail", StringComparison.Ordinal) => pictures,
            { } pattern when pattern.EndsWith("/events", StringComparison.Ordinal) => events,
            _ => null,
        };

    /// <summary>Counts who is inside, and who was turned away too, until he leaves.</summary>
    sealed class Gate(int most)
    {
        int inside;

        public int Most => most;

        public bool Enter() => Interlocked.Increment(ref inside) <= most;

        public void Leave() => Interlocked.Decrement(ref inside);
    }
}
