using System.Globalization;
using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Jobs;

namespace MplugCluster.Gateway.Jobs;

/// <summary><c>GET /v1/jobs/{id}/events</c>: a job's progress as server-sent events, until it ends.</summary>
static class JobEventEndpoints
{
    public static IEndpointRouteBuilder MapJobEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs/{id}/events", Events);
        return routes;
    }

    static async Task Events(
        string id, HttpContext context, IGrainFactory grains, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        var job = grains.Job(id);
        var first = Problems.JobOf(await job.Describe(cancellation), id);
        var last = LastEventId(context.Request);

        // Who has seen the end and asks again is a browser that reconnects by itself: this answer stops it.
        if (JobEventStream.IsEnd(last) && JobEventStream.HasEnded(first.Status))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        try
        {
            await new JobEventStream(context.Response.Body, last).Run(first, () => job.Describe(ending.Token), ending.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The client comes back to another Gateway, or to this one's next start.
        }
    }

    static long LastEventId(HttpRequest request) => long.TryParse(
        request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
