using System.Diagnostics;
using Microsoft.Extensions.Primitives;
using MplugCluster.Gateway.Hosting;
using Scalar.AspNetCore;

namespace MplugCluster.Gateway.Security;

/// <summary>
/// What every answer carries, errors too: the request's id, the time it took, and what keeps a browser from making more of it than it is. An id
/// that the client sends in <c>x-request-id</c> is taken over if it is one.
/// </summary>
sealed class AnswerHeaders(RequestDelegate next)
{
    /// <summary>Header of the request's id.</summary>
    public const string RequestId = "x-request-id";

    /// <summary>Longest id that is taken over, in characters.</summary>
    const int MaxIdLength = 128;

    const string Nothing = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The page: nothing but what comes with it, and nothing inside its lines.</summary>
    const string Page = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Scalar's page begins with a script inside it, and makes its styles as it runs; still nothing comes from elsewhere.</summary>
    const string Scalar = "default-src 'none'; script-src 'self' 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
        + "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var asked = context.Request.Headers[RequestId];
        context.TraceIdentifier = IsId(asked) ? asked.ToString() : Guid.CreateVersion7().ToString("N");

        // On starting, because an error clears what was set before it.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers[RequestId] = context.TraceIdentifier;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy))
                headers.ContentSecurityPolicy = PolicyOf(context);
            headers["Server-Timing"] = StageTimes.Of(context).Header(Stopwatch.GetElapsedTime(began));
            return Task.CompletedTask;
        });
        return next(context);
    }

    static string PolicyOf(HttpContext context) =>
        context.Request.Path is var path && (path == "/" || path.StartsWithSegments("/page")) ? Page
        : context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce ? Scalar.Replace("{0}", nonce, StringComparison.Ordinal)
        : Nothing;

    static bool IsId(StringValues id) => id is [{ Length: > 0 and <= MaxIdLength } only]
        && only.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
