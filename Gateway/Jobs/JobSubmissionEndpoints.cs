using Microsoft.AspNetCore.Mvc;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Gateway.Jobs;

/// <summary><c>POST /v1/jobs</c>, <c>POST /v1/jobs/plan</c> and <c>POST /v1/corpora/{name}/ingest</c>.</summary>
static class JobSubmissionEndpoints
{
    /// <summary>Largest job that is sent along, in bytes: a few million queries. More than that is an input file.</summary>
    const long MaxBodyBytes = 512L * 1024 * 1024;

    public static IEndpointRouteBuilder MapJobSubmission(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/jobs", Submit).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        routes.MapPost("/jobs/plan", (JobRequest request, JobSubmission submission, CancellationToken cancellation) =>
            submission.Estimate(request, cancellation)).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        routes.MapPost("/corpora/{name}/ingest", Ingest);
        return routes;
    }

    static async Task<IResult> Submit(
        JobRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        JobSubmission submission,
        CancellationToken cancellation)
    {
        var (job, isNew) = await submission.Submit(request, key, cancellation);
        return isNew ? Results.Created($"/v1/jobs/{job.Id}", job) : Results.Ok(job);
    }

    static async Task<IResult> Ingest(
        string name,
        IngestRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        IngestPreview preview,
        IngestCorpora corpora,
        JobSubmission submission,
        CancellationToken cancellation)
    {
        if (request.DryRun)
            return Results.Ok(await preview.List(JobSources.PlanOf(request.Source, request.DeleteMissing), cancellation));
        await corpora.FindOrCreate(name, request, cancellation);
        return await Submit(
            new JobRequest
            {
                Kind = "ingest",
                Corpus = name,
                Source = request.Source,
                DeleteMissing = request.DeleteMissing,
                Convention = request.Convention,
                RetentionDays = request.RetentionDays,
            },
            key,
            submission,
            cancellation);
    }
}
