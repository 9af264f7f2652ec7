using MplugCluster.Gateway.Errors;
using MplugCluster.Grains.Interfaces.Jobs;
using MplugCluster.Grains.Jobs;
using MplugCluster.Grains.Jobs.Results;

namespace MplugCluster.Gateway.Jobs;

/// <summary><c>GET /v1/jobs/{id}/results</c> and <c>.../errors</c>: what there is by now, block by block.</summary>
static class JobResultEndpoints
{
    /// <summary>Header that says whether all results are there.</summary>
    public const string CompleteHeader = "x-mplug-complete";

    public static IEndpointRouteBuilder MapJobResults(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs/{id}/results", Results);
        routes.MapGet("/jobs/{id}/errors", Errors);
        return routes;
    }

    static async Task Results(
        string id, string? format, HttpContext context, IGrainFactory grains, JobRegistry registry, CancellationToken cancellation)
    {
        if (!ResultFormats.TryParse(format ?? "jsonl", out var chosen))
            throw Problems.InvalidRequest($"'{format}' is not a format of results; {ResultFormats.Names} are.");
        var job = Problems.JobOf(await grains.Job(id).Describe(cancellation), id);
        if (!chosen.Value.Fits(job.Kind))
            throw Problems.FormatImpossible(format!, JobMembers.Name(job.Kind));
        Begin(context.Response, job, chosen.Value.MediaType());
        await ResultWriter.Write(job.Kind, chosen.Value, registry.Rows(id, cancellation), context.Response.Body, cancellation);
    }

    static async Task Errors(string id, HttpContext context, IGrainFactory grains, JobRegistry registry, CancellationToken cancellation)
    {
        var job = Problems.JobOf(await grains.Job(id).Describe(cancellation), id);
        Begin(context.Response, job, ResultFormat.Jsonl.MediaType());
        await foreach (var block in registry.Errors(id, cancellation))
            await context.Response.Body.WriteAsync(block, cancellation);
    }

    static void Begin(HttpResponse response, JobDescription job, string mediaType)
    {
        response.ContentType = mediaType;
        response.Headers[CompleteHeader] = job.Status == JobStatus.Done ? "true" : "false";
    }
}
